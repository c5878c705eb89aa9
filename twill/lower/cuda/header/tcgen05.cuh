// ---- tcgen05: tensor memory, and matrix multiplies into it -----------------------------------------
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

// Allocate COLUMNS columns, a power of two from 32 on, and write their address to shared memory at
// `to`. All threads of one warp; waits while other blocks of the SM hold too many.
// PTX: tcgen05.alloc, tcgen05.relinquish_alloc_permit.
template <int COLUMNS>
__device__ __forceinline__ void tensor_allocate(uint32_t to) {
  static_assert(COLUMNS >= 32 && COLUMNS <= 512 && (COLUMNS & (COLUMNS - 1)) == 0);
  asm volatile("tcgen05.alloc.cta_group::1.sync.aligned.shared::cta.b32 [%0], %1;" ::"r"(to),
               "n"(COLUMNS)
               : "memory");
  asm volatile("tcgen05.relinquish_alloc_permit.cta_group::1.sync.aligned;");
}

// The address that tensor_allocate has written, when all threads have met since.
__device__ __forceinline__ uint32_t tensor_address(uint32_t at) {
  uint32_t address;
  asm volatile("ld.shared.u32 %0, [%1];" : "=r"(address) : "r"(at) : "memory");
  return address;
}

// The same address for the lanes that the thread's warp reaches.
__device__ __forceinline__ uint32_t own_lanes(uint32_t address) {
  return address + (threadIdx.x / 32 % 4 * 32 << 16);
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

// Arrive once on an mbarrier, at `barrier` in shared memory, when all multiplications that this thread
// has issued have completed. Contains tensor_before. PTX: tcgen05.commit.
__device__ __forceinline__ void tensor_commit(uint32_t barrier) {
  asm volatile(
      "tcgen05.commit.cta_group::1.mbarrier::arrive::one.shared::cluster.b64 [%0];" ::"r"(barrier)
      : "memory");
}

// Where an operand lies in shared memory. ROWS: of the whole tile, which sets its panels apart.
// K_MAJOR: its columns are contracted (the tile is [M, K] or [N, K]), or else its rows ([K, N]).
//
// PTX, shared memory descriptor, in units of 16 bytes: address in bits 0 to 13, leading dimension
// byte offset in 16 to 29, stride dimension byte offset in 32 to 45; 0b001 in bits 46 to 48, and in
// 61 to 63 the swizzle, 2 for 128 bytes. Canonical layouts with that swizzle, T = 8 elements:
//   K-major: ((8, m), (T, 2 k)) : ((8 T, SBO), (1, T)). Rows in groups of 8, SBO = 1024 bytes apart;
//     LBO is not used. 16 columns on: 32 bytes.
//   MN-major: ((T, 8, m), (8, k)) : ((1, T, LBO), (8 T, SBO)). 64 columns in a row of 128 bytes, the
//     next 64 a panel (LBO) further; 8 contracted rows are 1024 bytes, the next 8 follow (SBO).
//     16 rows on: 2048 bytes.
template <int ROWS, bool K_MAJOR>
struct Operand {
  uint32_t address;    // of the first element of the part that is multiplied

  // The 16 contracted elements from 16 k on.
  __device__ __forceinline__ uint64_t at(int k) const {
    constexpr uint64_t LEADING = K_MAJOR ? 16 : ROWS * 128;
    constexpr uint64_t FIXED = LEADING / 16 << 16 | 1024ull / 16 << 32 | 1ull << 46 | 2ull << 61;
    const uint32_t offset = K_MAJOR ? k / 4 * ROWS * 128 + k % 4 * 32 : k * 2048;
    return FIXED | (address + offset) >> 4;
  }
};

// A bf16 operand in tensor memory, [128, K]: 16 elements of K are 8 columns.
struct TensorOperand {
  uint32_t address;

  __device__ __forceinline__ uint32_t at(int k) const { return address + k * 8; }
};

// d[128, N] = a[128, 16] b[16, N] (+ d if `add`), d in tensor memory, by one thread.
// PTX: tcgen05.mma.cta_group::1.kind::f16.
__device__ __forceinline__ void mma_16(uint32_t d, uint64_t a, uint64_t b, uint32_t instruction,
                                       bool add) {
  asm volatile(
      "{\n .reg .pred add;\n setp.ne.u32 add, %4, 0;\n"
      " tcgen05.mma.cta_group::1.kind::f16 [%0], %1, %2, %3, add;\n}" ::"r"(d),
      "l"(a), "l"(b), "r"(instruction), "r"(uint32_t(add))
      : "memory");
}
__device__ __forceinline__ void mma_16(uint32_t d, uint32_t a, uint64_t b, uint32_t instruction,
                                       bool add) {
  asm volatile(
      "{\n .reg .pred add;\n setp.ne.u32 add, %4, 0;\n"
      " tcgen05.mma.cta_group::1.kind::f16 [%0], [%1], %2, %3, add;\n}" ::"r"(d),
      "r"(a), "l"(b), "r"(instruction), "r"(uint32_t(add))
      : "memory");
}

// PTX, instruction descriptor of kind::f16, fp32 += bf16 bf16, dense: 1 in bits 4 to 5 (fp32
// accumulator), 7 to 9 and 10 to 12 (bf16); a and b MN-major in bits 15 and 16; N / 8 in bits 17 to
// 22, M / 16 in bits 24 to 28.
template <int N, bool K_MAJOR_A, bool K_MAJOR_B>
constexpr uint32_t INSTRUCTION = 1u << 4 | 1u << 7 | 1u << 10 | (K_MAJOR_A ? 0u : 1u << 15) |
                                 (K_MAJOR_B ? 0u : 1u << 16) | N / 8 << 17 | 128 / 16 << 24;

// d[128, N] (+)= a b over K, both in shared memory. One thread.
template <int N, int K, int ROWS_A, bool K_MAJOR_A, int ROWS_B, bool K_MAJOR_B>
__device__ __forceinline__ void multiply(uint32_t d, Operand<ROWS_A, K_MAJOR_A> a,
                                         Operand<ROWS_B, K_MAJOR_B> b, bool add) {
  static_assert(N % 16 == 0 && N <= 256 && K % 16 == 0);
#pragma unroll
  for (int k = 0; k < K / 16; ++k)
    mma_16(d, a.at(k), b.at(k), INSTRUCTION<N, K_MAJOR_A, K_MAJOR_B>, add || k > 0);
}

// The same with a in tensor memory.
template <int N, int K, int ROWS_B, bool K_MAJOR_B>
__device__ __forceinline__ void multiply(uint32_t d, TensorOperand a, Operand<ROWS_B, K_MAJOR_B> b,
                                         bool add) {
  static_assert(N % 16 == 0 && N <= 256 && K % 16 == 0);
#pragma unroll
  for (int k = 0; k < K / 16; ++k)
    mma_16(d, a.at(k), b.at(k), INSTRUCTION<N, true, K_MAJOR_B>, add || k > 0);
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

// Start writing 32 columns of the thread's row, or 8. All threads of a warp.
// PTX: tcgen05.st.sync.aligned.32x32b.x32, .x8.
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
__device__ __forceinline__ void tensor_store_8(uint32_t address, const uint32_t* from) {
  asm volatile(
      "tcgen05.st.sync.aligned.32x32b.x8.b32 [%0], "
      "{%1, %2, %3, %4, %5, %6, %7, %8};" ::"r"(address),
      "r"(from[0]), "r"(from[1]), "r"(from[2]), "r"(from[3]),
      "r"(from[4]), "r"(from[5]), "r"(from[6]), "r"(from[7])
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

// Wait for all reads that the thread has started. PTX: tcgen05.wait::ld.
__device__ __forceinline__ void tensor_load_wait() {
  asm volatile("tcgen05.wait::ld.sync.aligned;" ::: "memory");
}
// The same; `values` are used from here on, and no use of them moves up.
template <int N>
__device__ __forceinline__ void tensor_load_wait(float (&values)[N]) {
  tensor_load_wait();
#pragma unroll
  for (int i = 0; i < N; ++i) asm volatile("" : "+f"(values[i]));
}

// Start writing N columns of the thread's row.
template <int N>
__device__ __forceinline__ void tensor_store(uint32_t address, const float (&from)[N]) {
  static_assert(N % 32 == 0);
#pragma unroll
  for (int i = 0; i < N; i += 32)
    tensor_store_32(address + i, reinterpret_cast<const uint32_t*>(from) + i);
}

// The same of bf16 pairs, eight columns at a time: the registers of one instruction are neighbours,
// and those of a conversion can be so few without moving the rest out of the way.
template <int N>
__device__ __forceinline__ void tensor_store(uint32_t address, const uint32_t (&from)[N]) {
  static_assert(N % 8 == 0);
#pragma unroll
  for (int i = 0; i < N; i += 8) tensor_store_8(address + i, from + i);
}

// Wait for all writes that the thread has started. PTX: tcgen05.wait::st.
__device__ __forceinline__ void tensor_store_wait() {
  asm volatile("tcgen05.wait::st.sync.aligned;" ::: "memory");
}

// Eight registers to global memory, at a multiple of 32 bytes: a whole sector. PTX: st.global.v8.
__device__ __forceinline__ void store_sector(void* to, const uint32_t (&x)[8]) {
  asm volatile("st.global.v8.b32 [%0], {%1, %2, %3, %4, %5, %6, %7, %8};" ::"l"(to), "r"(x[0]),
               "r"(x[1]), "r"(x[2]), "r"(x[3]), "r"(x[4]), "r"(x[5]), "r"(x[6]), "r"(x[7])
               : "memory");
}
__device__ __forceinline__ void store_16(bf16* to, const float* x) {
  uint32_t pairs[8];
#pragma unroll
  for (int i = 0; i < 8; ++i) pairs[i] = pack(x[2 * i], x[2 * i + 1]);
  store_sector(to, pairs);
}
__device__ __forceinline__ void store_16(float* to, const float* x) {
#pragma unroll
  for (int half = 0; half < 2; ++half) {
    uint32_t words[8];
#pragma unroll
    for (int i = 0; i < 8; ++i) words[i] = __float_as_uint(x[8 * half + i]);
    store_sector(to + 8 * half, words);
  }
}

// N columns of the thread's row of tensor memory, times `factor`, to global memory at a multiple of
// 32 bytes, rounded to its type; zeros if nothing has been computed there.
template <int N, typename T>
__device__ __forceinline__ void tensor_store_row(T* to, uint32_t address, float factor,
                                                 bool computed) {
  static_assert(N % 32 == 0);
#pragma unroll
  for (int i = 0; i < N; i += 32) {
    float x[32];
    tensor_load(x, address + i);
    tensor_load_wait(x);
#pragma unroll
    for (int e = 0; e < 32; ++e) x[e] = computed ? x[e] * factor : 0.0f;
    store_16(to + i, x);
    store_16(to + i + 16, x + 16);
  }
}

}  // namespace twill
