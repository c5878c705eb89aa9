// ---- Tiles in the registers of a warp group: a quad of threads shares a row ----------------------
//
// Element e of a thread's part is in row l % 32 / 4 (+ 8 where row_of(e) is 1) of its warp's 16 rows
// and in column 8 (e / 4) + 2 (l % 4) + e % 2. Vectors along rows are held as float v[2].

namespace twill {

__device__ __forceinline__ constexpr int row_of(int e) { return e / 2 % 2; }
__device__ __forceinline__ int column_of(int e) { return e / 4 * 8 + threadIdx.x % 4 * 2 + e % 2; }

// x[e] = f(e) for every element; f is inlined with e a constant.
template <int COUNT, typename F>
__device__ __forceinline__ void each(float (&x)[COUNT], F f) {
#pragma unroll
  for (int e = 0; e < COUNT; ++e) x[e] = f(e);
}

// 2 to the power of x. PTX: ex2.approx.ftz.
__device__ __forceinline__ float exp2(float x) {
  float y;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}

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

// Two floats as bf16, the first in the low half. PTX: cvt.rn.bf16x2.f32.
__device__ __forceinline__ uint32_t pack(float low, float high) {
  uint32_t pair;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
  return pair;
}
template <int COUNT>
__device__ __forceinline__ void convert(uint32_t (&to)[COUNT / 2], const float (&x)[COUNT]) {
#pragma unroll
  for (int i = 0; i < COUNT / 2; ++i) to[i] = pack(x[2 * i], x[2 * i + 1]);
}

// Registers that are read before the first iteration.
template <typename T, int COUNT>
__device__ __forceinline__ void fill(T (&x)[COUNT], T value) {
#pragma unroll
  for (int i = 0; i < COUNT; ++i) x[i] = value;
}
// Row 0 is about to be written anew: what is in it becomes row 1, and so on.
template <typename T, int ROWS, int COUNT>
__device__ __forceinline__ void move_up(T (&x)[ROWS][COUNT]) {
#pragma unroll
  for (int row = ROWS - 1; row > 0; --row)
#pragma unroll
    for (int i = 0; i < COUNT; ++i) x[row][i] = x[row - 1][i];
}

// Floats in shared memory.
__device__ __forceinline__ const float* floats(uint32_t address) {
  return static_cast<const float*>(__cvta_shared_to_generic(address));
}

// Hand a tile to a role of as many threads: each thread leaves what the thread of the same number
// there takes, THREADS apart so that no two of a warp meet in a bank.
template <int THREADS = 128, typename T, int COUNT>
__device__ __forceinline__ void send_tile(uint32_t slot, const T (&x)[COUNT], int thread) {
  T* to = static_cast<T*>(__cvta_shared_to_generic(slot));
#pragma unroll
  for (int i = 0; i < COUNT; ++i) to[i * THREADS + thread] = x[i];
}
template <int THREADS = 128, typename T, int COUNT>
__device__ __forceinline__ void receive_tile(T (&x)[COUNT], uint32_t slot, int thread) {
  const T* from = static_cast<const T*>(__cvta_shared_to_generic(slot));
#pragma unroll
  for (int i = 0; i < COUNT; ++i) x[i] = from[i * THREADS + thread];
}
// The same of a vector along rows, of which every quad has two: one of its threads leaves them.
__device__ __forceinline__ void send_vector(uint32_t slot, const float (&x)[2], int thread) {
  float* to = static_cast<float*>(__cvta_shared_to_generic(slot)) + thread / 32 * 16;
  if (thread % 4 == 0) to[thread % 32 / 4] = x[0], to[thread % 32 / 4 + 8] = x[1];
}
__device__ __forceinline__ void receive_vector(float (&x)[2], uint32_t slot, int thread) {
  const float* from = floats(slot) + thread / 32 * 16 + thread % 32 / 4;
  x[0] = from[0], x[1] = from[8];
}

}  // namespace twill
