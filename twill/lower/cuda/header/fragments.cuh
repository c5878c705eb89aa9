// ---- Tiles in the registers of a warp group: a quad of threads shares a row ----------------------
//
// Element e of a thread's part is in row l % 32 / 4 (+ 8 where row_of(e) is 1) of its warp's 16 rows
// and in column 8 (e / 4) + 2 (l % 4) + e % 2. Vectors along rows are held as float v[2].

namespace twill {

__device__ __forceinline__ constexpr int row_of(int e) { return e / 2 % 2; }
__device__ __forceinline__ int column_of(int e) { return e / 4 * 8 + threadIdx.x % 4 * 2 + e % 2; }

// to = the maximum of `from` and of every element of the row, the same in all four threads.
template <int COUNT>
__device__ __forceinline__ void row_max(float (&to)[2], const float (&from)[2],
                                        const float (&x)[COUNT]) {
  float most[2] = {from[0], from[1]};
#pragma unroll
  for (int e = 0; e < COUNT; ++e) most[row_of(e)] = fmaxf(most[row_of(e)], x[e]);
#pragma unroll
  for (int r = 0; r < 2; ++r) {
    most[r] = fmaxf(most[r], __shfl_xor_sync(0xffffffff, most[r], 1));
    to[r] = fmaxf(most[r], __shfl_xor_sync(0xffffffff, most[r], 2));
  }
}

// to = `from` and the sum of the thread's own elements of the row. The quad's four sums are added
// after the loop (quad_sum), once: all that happens to them before is linear.
template <int COUNT>
__device__ __forceinline__ void row_sum(float (&to)[2], const float (&from)[2],
                                        const float (&x)[COUNT]) {
  float sum[2] = {from[0], from[1]};
#pragma unroll
  for (int e = 0; e < COUNT; ++e) sum[row_of(e)] += x[e];
  to[0] = sum[0], to[1] = sum[1];
}
__device__ __forceinline__ float quad_sum(float x) {
  x += __shfl_xor_sync(0xffffffff, x, 1);
  return x + __shfl_xor_sync(0xffffffff, x, 2);
}

// A number that the compiler must take anew each time: what is computed from it is not kept in
// registers from one iteration to the next.
__device__ __forceinline__ unsigned anew(unsigned x) {
  asm volatile("" : "+r"(x));
  return x;
}

// Rows FIRST to FIRST + ROWS - 1 of a warp group's tile, to shared memory as a tile of ROWS rows: in
// panels of 64 columns, as wgmma reads them. The 8 rows that a warp writes at once have their chunk
// of 16 bytes in 8 different places, so that each bank is used once. `to` is a multiple of 1024.
template <int ROWS, int COLUMNS, int FIRST>
__device__ __forceinline__ void store_panels(uint32_t to, const uint32_t (&x)[COLUMNS / 4],
                                             unsigned thread) {
  static_assert(ROWS % 16 == 0 && FIRST % 16 == 0 && COLUMNS % 64 == 0);
  thread = anew(thread);
  const unsigned row = thread / 32 * 16 + thread % 32 / 4 - FIRST;
  if (ROWS < 64 && row >= ROWS) return;
  const uint32_t begin = to + row * 128 + row % 8 * 16 + thread % 4 * 4;
#pragma unroll
  for (int i = 0; i < COLUMNS / 4; ++i)
    asm volatile("st.shared.b32 [%0], %1;" ::"r"((begin ^ i / 2 % 8 * 16) + i / 16 * ROWS * 128 +
                                                 i % 2 * 1024),
                 "r"(x[i])
                 : "memory");
}

// The same of floats that nobody reads as a matrix before they come back to registers: 16 rows after
// the other, of each 8 columns after the other, of each four elements of each thread.
template <int ROWS, int COLUMNS, int FIRST>
__device__ __forceinline__ void store_fragments(uint32_t to, const float (&x)[COLUMNS / 2],
                                                unsigned thread) {
  static_assert(ROWS % 16 == 0 && FIRST % 16 == 0);
  thread = anew(thread);
  const unsigned row = thread / 32 * 16 - FIRST;
  if (ROWS < 64 && row >= ROWS) return;
  const uint32_t begin = to + row * COLUMNS * 4 + thread % 32 * 16;
#pragma unroll
  for (int j = 0; j < COLUMNS / 8; ++j)
    asm volatile("st.shared.v4.f32 [%0], {%1, %2, %3, %4};" ::"r"(begin + j * 512), "f"(x[4 * j]),
                 "f"(x[4 * j + 1]), "f"(x[4 * j + 2]), "f"(x[4 * j + 3])
                 : "memory");
}

// Hand a vector along rows to a role of as many threads: every quad has two, and one of its threads
// leaves them.
__device__ __forceinline__ void send_vector(uint32_t slot, const float (&x)[2], int thread) {
  float* to = static_cast<float*>(__cvta_shared_to_generic(slot)) + thread / 32 * 16;
  if (thread % 4 == 0) to[thread % 32 / 4] = x[0], to[thread % 32 / 4 + 8] = x[1];
}
__device__ __forceinline__ void receive_vector(float (&x)[2], uint32_t slot, int thread) {
  const float* from = floats(slot) + thread / 32 * 16 + thread % 32 / 4;
  x[0] = from[0], x[1] = from[8];
}

}  // namespace twill
