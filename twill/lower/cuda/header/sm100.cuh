// ---- sm_100: tensor memory and tcgen05 ---------------------------------------------------------
//
// Tensor memory has 128 lanes, the rows of a tile, of 512 columns of 32 bits. An address has the
// lane in its upper and the column in its lower 16 bits; allocations start at lane 0. Warp w of a
// warp group reaches lanes 32 (w % 4) to 32 (w % 4) + 31 only, so that thread t of a role of four
// warps has row t % 128. An fp32 tile of N columns takes N columns, a bf16 tile N / 2, with elements
// 2 c and 2 c + 1 in column c. (PTX: Tensor Memory Addressing; Matrix A in tensor memory.)
//
// tcgen05.mma, .ld and .st are asynchronous. One thread issues multiplications; those of one thread
// run one after the other, and tensor_commit says on an mbarrier when they have completed. Where
// threads order accesses to tensor memory among themselves, tensor_before stands in front of what
// they do for it and tensor_after behind. (PTX: tcgen05 memory consistency model.)
//
// Operands in shared memory lie in panels of 64 columns of 2-byte elements, 128 bytes a row,
// SWIZZLE_128B, as TMA writes them: column c of row r is in panel c / 64, and its 16-byte chunk
// c / 8 % 8 at place (c / 8 % 8) ^ (r % 8) of the row. Panels begin at multiples of 1024 bytes.

namespace twill {

// Allocate COLUMNS columns, a power of two from 32 on, and write their address to `to` in shared
// memory. All threads of one warp; waits while other blocks of the SM hold too many.
// PTX: tcgen05.alloc, tcgen05.relinquish_alloc_permit.
template <int COLUMNS>
__device__ __forceinline__ void tensor_allocate(uint32_t* to) {
  static_assert(COLUMNS >= 32 && COLUMNS <= 512 && (COLUMNS & (COLUMNS - 1)) == 0);
  asm volatile("tcgen05.alloc.cta_group::1.sync.aligned.shared::cta.b32 [%0], %1;" ::"r"(
                   shared_address(to)),
               "n"(COLUMNS)
               : "memory");
  asm volatile("tcgen05.relinquish_alloc_permit.cta_group::1.sync.aligned;");
}

// Free what tensor_allocate gave. All threads of the same warp, when nobody uses it any more.
// PTX: tcgen05.dealloc.
template <int COLUMNS>
__device__ __forceinline__ void tensor_free(uint32_t address) {
  asm volatile("tcgen05.dealloc.cta_group::1.sync.aligned.b32 %0, %1;" ::"r"(address),
               "n"(COLUMNS));
}

// What this thread did in tensor memory comes before what others do after the next arrive or
// meeting of threads. PTX: tcgen05.fence::before_thread_sync.
__device__ __forceinline__ void tensor_before() {
  asm volatile("tcgen05.fence::before_thread_sync;" ::: "memory");
}

// What this thread does next in tensor memory comes after what others did before the last wait
// or meeting of threads. PTX: tcgen05.fence::after_thread_sync.
__device__ __forceinline__ void tensor_after() {
  asm volatile("tcgen05.fence::after_thread_sync;" ::: "memory");
}

// Arrive once on an mbarrier when all multiplications that this thread has issued have completed.
// Contains tensor_before. PTX: tcgen05.commit.
__device__ __forceinline__ void tensor_commit(uint64_t* barrier) {
  asm volatile(
      "tcgen05.commit.cta_group::1.mbarrier::arrive::one.shared::cluster.b64 [%0];" ::"r"(
          shared_address(barrier))
      : "memory");
}

// How an operand with rows of a tile of ROWS rows in shared memory is read: along K in its rows
// (the tile is [M, K] or [N, K]), or along K down its columns (the tile is [K, N]).
enum class Along { rows, columns };

// The matrix descriptor of the part of an operand that one instruction reads, K elements from
// `k` on, at an address that is a multiple of 32 (rows) or 1024 (columns) bytes. PTX: Shared memory
// descriptor, Canonical layouts with 128-byte swizzle; in units of 16 bytes:
//   bits  0-13  address, 16-29  leading dimension byte offset, 32-45  stride dimension byte offset,
//   bits 46-48  0b001, 61-63  2: 128-byte swizzle.
// Along rows, eight rows are 1024 bytes: the stride; 16 elements of K are 32 bytes of a row, and the
// leading offset is not used. Along columns, 64 columns are a panel: the leading offset is that from
// panel to panel; eight rows of it, 1024 bytes, are eight steps of K: the stride.
template <Along ALONG, int PANEL>
__device__ __forceinline__ uint64_t operand(uint32_t tile, int k) {
  constexpr uint64_t LEADING = ALONG == Along::rows ? 16 : PANEL;
  constexpr uint64_t FIXED = LEADING / 16 << 16 | 1024ull / 16 << 32 | 1ull << 46 | 2ull << 61;
  const uint32_t offset = ALONG == Along::rows ? k / 64 * PANEL + k % 64 * 2 : k * 128;
  return FIXED | (tile + offset) >> 4;
}

// The instruction descriptor: fp32 += bf16 bf16, dense. PTX: Instruction descriptor, kind::f16:
//   bits 4-5  1: fp32 accumulator, 7-9 and 10-12  1: bf16, 15 and 16  1: a, b along columns,
//   bits 17-22  N / 8, 24-28  M / 16.
template <int M, int N, Along A, Along B>
constexpr uint32_t INSTRUCTION = 1u << 4 | 1u << 7 | 1u << 10 | (A == Along::columns) << 15 |
                                 (B == Along::columns) << 16 | N / 8 << 17 | M / 16 << 24;

// d = a b, or d += a b if `accumulate`, 16 steps of K, operands in shared memory. One thread.
// PTX: tcgen05.mma.cta_group::1.kind::f16.
__device__ __forceinline__ void mma_shared(uint32_t d, uint64_t a, uint64_t b, uint32_t instruction,
                                           bool accumulate) {
  asm volatile(
      "{\n"
      ".reg .pred p;\n"
      "setp.ne.u32 p, %4, 0;\n"
      "tcgen05.mma.cta_group::1.kind::f16 [%0], %1, %2, %3, p;\n"
      "}" ::"r"(d),
      "l"(a), "l"(b), "r"(instruction), "r"(uint32_t(accumulate))
      : "memory");
}

// The same with a in tensor memory.
__device__ __forceinline__ void mma_tensor(uint32_t d, uint32_t a, uint64_t b, uint32_t instruction,
                                           bool accumulate) {
  asm volatile(
      "{\n"
      ".reg .pred p;\n"
      "setp.ne.u32 p, %4, 0;\n"
      "tcgen05.mma.cta_group::1.kind::f16 [%0], [%1], %2, %3, p;\n"
      "}" ::"r"(d),
      "r"(a), "l"(b), "r"(instruction), "r"(uint32_t(accumulate))
      : "memory");
}

// d = a b, or d += a b if `accumulate`: d [128, N] in tensor memory, a and b in shared memory in
// panels that are A_PANEL and B_PANEL bytes apart. One thread.
template <int N, int K, Along A, int A_PANEL, Along B, int B_PANEL>
__device__ __forceinline__ void multiply_shared(uint32_t d, uint32_t a, uint32_t b,
                                                bool accumulate) {
  static_assert(N % 16 == 0 && N <= 256 && K % 16 == 0);
#pragma unroll
  for (int k = 0; k < K; k += 16)
    mma_shared(d, operand<A, A_PANEL>(a, k), operand<B, B_PANEL>(b, k), INSTRUCTION<128, N, A, B>,
               accumulate || k > 0);
}

// The same with a [128, K] bf16 in tensor memory: 16 elements of K are 8 columns.
template <int N, int K, Along B, int B_PANEL>
__device__ __forceinline__ void multiply_tensor(uint32_t d, uint32_t a, uint32_t b,
                                                bool accumulate) {
  static_assert(N % 16 == 0 && N <= 256 && K % 16 == 0);
#pragma unroll
  for (int k = 0; k < K; k += 16)
    mma_tensor(d, a + k / 2, operand<B, B_PANEL>(b, k), INSTRUCTION<128, N, Along::rows, B>,
               accumulate || k > 0);
}

// Start reading 32 columns of the thread's row. All threads of a warp.
// PTX: tcgen05.ld.sync.aligned.32x32b.x32.
__device__ __forceinline__ void tensor_load_32(uint32_t* to, uint32_t address) {
  asm volatile(
      "tcgen05.ld.sync.aligned.32x32b.x32.b32 "
      "{%0, %1, %2, %3, %4, %5, %6, %7,"
      " %8, %9, %10, %11, %12, %13, %14, %15,"
      " %16, %17, %18, %19, %20, %21, %22, %23,"
      " %24, %25, %26, %27, %28, %29, %30, %31}, [%32];"
      : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3]),
        "=r"(to[4]), "=r"(to[5]), "=r"(to[6]), "=r"(to[7]),
        "=r"(to[8]), "=r"(to[9]), "=r"(to[10]), "=r"(to[11]),
        "=r"(to[12]), "=r"(to[13]), "=r"(to[14]), "=r"(to[15]),
        "=r"(to[16]), "=r"(to[17]), "=r"(to[18]), "=r"(to[19]),
        "=r"(to[20]), "=r"(to[21]), "=r"(to[22]), "=r"(to[23]),
        "=r"(to[24]), "=r"(to[25]), "=r"(to[26]), "=r"(to[27]),
        "=r"(to[28]), "=r"(to[29]), "=r"(to[30]), "=r"(to[31])
      : "r"(address));
}

// Start writing 32 columns of the thread's row. All threads of a warp.
// PTX: tcgen05.st.sync.aligned.32x32b.x32.
__device__ __forceinline__ void tensor_store_32(uint32_t address, const uint32_t* from) {
  asm volatile(
      "tcgen05.st.sync.aligned.32x32b.x32.b32 [%0], "
      "{%1, %2, %3, %4, %5, %6, %7, %8,"
      " %9, %10, %11, %12, %13, %14, %15, %16,"
      " %17, %18, %19, %20, %21, %22, %23, %24,"
      " %25, %26, %27, %28, %29, %30, %31, %32};" ::"r"(address),
      "r"(from[0]), "r"(from[1]), "r"(from[2]), "r"(from[3]),
      "r"(from[4]), "r"(from[5]), "r"(from[6]), "r"(from[7]),
      "r"(from[8]), "r"(from[9]), "r"(from[10]), "r"(from[11]),
      "r"(from[12]), "r"(from[13]), "r"(from[14]), "r"(from[15]),
      "r"(from[16]), "r"(from[17]), "r"(from[18]), "r"(from[19]),
      "r"(from[20]), "r"(from[21]), "r"(from[22]), "r"(from[23]),
      "r"(from[24]), "r"(from[25]), "r"(from[26]), "r"(from[27]),
      "r"(from[28]), "r"(from[29]), "r"(from[30]), "r"(from[31])
      : "memory");
}

// Start reading N columns of the thread's row; tensor_load_wait says when they are there.
template <int N>
__device__ __forceinline__ void tensor_load(float (&to)[N], uint32_t address) {
  static_assert(N % 32 == 0);
#pragma unroll
  for (int i = 0; i < N; i += 32)
    tensor_load_32(reinterpret_cast<uint32_t*>(to) + i, address + i);
}

// Wait for all reads that the thread has started. `values` names those that are used from here on,
// so that no use moves up. PTX: tcgen05.wait::ld.
template <int N>
__device__ __forceinline__ void tensor_load_wait(float (&values)[N]) {
  asm volatile("tcgen05.wait::ld.sync.aligned;" ::: "memory");
#pragma unroll
  for (int i = 0; i < N; ++i) asm volatile("" : "+f"(values[i]));
}

// Start writing N columns of the thread's row.
template <typename T, int N>
__device__ __forceinline__ void tensor_store(uint32_t address, const T (&from)[N]) {
  static_assert(N % 32 == 0 && sizeof(T) == 4);
#pragma unroll
  for (int i = 0; i < N; i += 32)
    tensor_store_32(address + i, reinterpret_cast<const uint32_t*>(from) + i);
}

// Wait for all writes that the thread has started. PTX: tcgen05.wait::st.
__device__ __forceinline__ void tensor_store_wait() {
  asm volatile("tcgen05.wait::st.sync.aligned;" ::: "memory");
}

}  // namespace twill
