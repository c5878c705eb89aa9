// ---- Tiles in registers, element by element ------------------------------------------------------

namespace twill {

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

}  // namespace twill
