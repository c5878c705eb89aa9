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
