// ---- wgmma: matrix multiplies of a warp group -----------------------------------------------------
//
// Tiles of 2-byte elements lie in shared memory in panels of 64 columns, 128 bytes a row, 16-byte
// chunk c of row r at place c ^ (r % 8); panels begin at multiples of 1024 bytes. PTX, "asynchronous
// warpgroup level matrix shared memory layout", 128-byte swizzle:
//   K-major (columns are contracted): ((8, m), (T, 2)) : ((8 T, SBO), (1, T)), T = 8 elements.
//     Rows in groups of 8, SBO = 1024 bytes apart; LBO is not used. 16 columns on: 32 bytes.
//   MN-major (rows are contracted): ((T, 8, m), (8, k)) : ((1, T, LBO), (8 T, SBO)).
//     64 columns in a row of 128 bytes, the next 64 a panel (LBO) further; 8 contracted rows are
//     1024 bytes, the next 8 follow them (SBO). 16 rows on: 2048 bytes.

namespace twill {

// PTX, matrix descriptor: address, leading and stride byte offset in units of 16 bytes in bits 0, 16
// and 32; swizzle in bits 62 to 63, 1 for 128 bytes.
__device__ __forceinline__ uint64_t descriptor(uint32_t address, uint32_t leading, uint32_t stride) {
  return uint64_t(address >> 4 & 0x3fff) | uint64_t(leading >> 4) << 16 |
         uint64_t(stride >> 4) << 32 | 1ull << 62;
}

// Registers written before are seen by the wgmmas after it; PTX: wgmma.fence.
__device__ __forceinline__ void wgmma_fence() {
  asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
}
// The wgmmas since the last group are one group. PTX: wgmma.commit_group.
__device__ __forceinline__ void wgmma_commit() {
  asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
}
// Until at most PENDING of the latest groups are under way. PTX: wgmma.wait_group.
template <int PENDING>
__device__ __forceinline__ void wgmma_wait() {
  asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(PENDING) : "memory");
}
// The compiler neither moves nor copies what a wgmma holds across this point.
template <int COUNT>
__device__ __forceinline__ void settled(float (&x)[COUNT]) {
#pragma unroll
  for (int i = 0; i < COUNT; ++i) asm volatile("" : "+f"(x[i])::"memory");
}
template <int COUNT>
__device__ __forceinline__ void settled(uint32_t (&x)[COUNT]) {
#pragma unroll
  for (int i = 0; i < COUNT; ++i) asm volatile("" : "+r"(x[i])::"memory");
}

// What the registers held is not needed any more. To the compiler a wgmma reads what it overwrites,
// so that it would keep these registers from one iteration to the next.
template <int COUNT>
__device__ __forceinline__ void forget(float (&x)[COUNT]) {
#pragma unroll
  for (int i = 0; i < COUNT; ++i) x[i] = 0.0f;
}

// Where an operand lies in shared memory. ROWS: of the whole tile, which sets its panels apart.
// K_MAJOR: its columns are contracted, or else its rows.
template <int ROWS, bool K_MAJOR>
struct Operand {
  uint32_t address;    // of the first element of the part that is multiplied

  // The 16 contracted elements from 16 k on. The address is the low bits, so that steps are added.
  __device__ __forceinline__ uint64_t at(int k) const {
    const int step = K_MAJOR ? k / 4 * ROWS * 128 + k % 4 * 32 : k * 2048;
    return descriptor(address, K_MAJOR ? 16 : ROWS * 128, 1024) + step / 16;
  }
};

// One instruction for each N: d[64, N] = a[64, 16] b[16, N] (+ d). Thread l of the warp group holds
// of d, in d[4 j] and on, columns 8 j + 2 (l % 4) and the next of row l / 32 * 16 + l % 32 / 4, then
// of the row 8 below. PTX: wgmma.mma_async, accumulator fragment.
template <int N>
struct Wgmma;

// In front of the wgmmas that read or write these registers: what they hold so far is there.
template <typename... Registers>
__device__ __forceinline__ void wgmma_begin(Registers&... registers) {
  (settled(registers), ...);
  wgmma_fence();
}

// d[64, N] = a[64, K] b[K, N], or added to d, both in shared memory. Between begin and commit.
template <int N, int K, int ROWS_A, bool K_MAJOR_A, int ROWS_B, bool K_MAJOR_B>
__device__ __forceinline__ void wgmma(float (&d)[N / 2], Operand<ROWS_A, K_MAJOR_A> a,
                                      Operand<ROWS_B, K_MAJOR_B> b, bool add) {
#pragma unroll
  for (int k = 0; k < K / 16; ++k)
    Wgmma<N>::template shared<!K_MAJOR_A, !K_MAJOR_B>(d, a.at(k), b.at(k), add || k > 0);
}

// The same with a[64, K] in registers, as convert() leaves it, from 16 `first` columns on.
template <int N, int K, int COUNT, int ROWS_B, bool K_MAJOR_B>
__device__ __forceinline__ void wgmma(float (&d)[N / 2], uint32_t (&a)[COUNT],
                                      Operand<ROWS_B, K_MAJOR_B> b, bool add, int first = 0) {
#pragma unroll
  for (int k = 0; k < K / 16; ++k)
    Wgmma<N>::template registers<!K_MAJOR_B>(d, a + 4 * (first + k), b.at(k), add || k > 0);
}

}  // namespace twill
