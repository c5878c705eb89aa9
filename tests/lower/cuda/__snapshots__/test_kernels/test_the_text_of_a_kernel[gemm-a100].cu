// gemm
//
// II 2364 cycles an iteration. Solved by the tests, which look for no proof.
// spec gemm b6e2c647, machine a100 313ce8ea with roles.registers.overhead=56, problem 650ba420
// tile M = 128, N = 256, K = 64
//
// role   warps  registers
// role1      8        184
//
// ring  memory  slots   size  address
// B     shared      2  32768        0
// A     shared      2  16384    65536
//
// nvcc -std=c++17 -gencode arch=compute_80,code=sm_80 -DTWILL_MAIN kernel.cu -o test  # checks and times it

#include "twill.cuh"

[[maybe_unused]] constexpr int II = 2364;  // as scheduled
constexpr int THREADS = 256;
constexpr int M = 128, N = 256, K = 64;  // the tile
#ifdef TWILL_FP32_OUTPUT
using Output = float;
#else
using Output = bf16;
#endif

struct Shared {
  alignas(1024) bf16 B[2][K * N];
  alignas(1024) bf16 A[2][M * K];
};
static_assert(offsetof(Shared, B) == 0 && offsetof(Shared, A) == 65536);
[[maybe_unused]] constexpr uint32_t SHARED_BYTES = sizeof(Shared);

// C [m, n] = A [m, k] B [k, n], row by row; m, n, k are tiles_m M, tiles_n N, trips K.
struct Parameters {
  const bf16 *A, *B;
  Output* C;
  int64_t stride_A, stride_B, stride_C;  // elements from row to row, multiples of 8
  int tiles_m, tiles_n, trips;
};

// Row and column of a block's tile. Blocks go through 8 rows of tiles column by column, then
// through the next 8, so that those at work together read the same rows of A, columns of B.
__device__ __forceinline__ int2 tile_of_block(int block, const Parameters& p) {
  const int group = block / (8 * p.tiles_n), within = block % (8 * p.tiles_n);
  const int rows = min(8, p.tiles_m - 8 * group);
  return make_int2(8 * group + within % rows, within / rows);
}

__device__ __forceinline__ void role_role1(const Parameters& p, Shared& shared) {
  const int trips = p.trips, thread = threadIdx.x;
  const int2 at = tile_of_block(blockIdx.x, p);
  const bf16* from_A = p.A + int64_t(at.x) * M * p.stride_A;
  const bf16* from_B = p.B + int64_t(at.y) * N;
  const uint32_t ring_A = twill::shared_address(shared.A);
  const uint32_t ring_B = twill::shared_address(shared.B);
  float tile_C[M * N / THREADS] = {};

  {  // body -1: iterations begin, none ends
    const int i1 = 0;
    if (0 < trips) {
      twill::sync_role<1, THREADS>();
      // cycle    0 | stage 0 | role1 | copy | A@+1
      twill::copy_tile_async<M, K, THREADS>(
          twill::slot<2, 16384>(ring_A, i1), from_A + i1 * K, p.stride_A, thread);
      twill::copy_async_commit();
      // cycle    0 | stage 0 | role1 | copy | B@+1
      twill::copy_tile_async<K, N, THREADS>(
          twill::slot<2, 32768>(ring_B, i1), from_B + int64_t(i1) * K * p.stride_B, p.stride_B,
          thread);
      twill::copy_async_commit();
    }
  }
  for (int t = 0; t < trips - 1; ++t) {
    const int i0 = t, i1 = t + 1;
    twill::sync_role<1, THREADS>();
    // cycle    0 | stage 0 | role1 | copy | A@+1
    twill::copy_tile_async<M, K, THREADS>(
        twill::slot<2, 16384>(ring_A, i1), from_A + i1 * K, p.stride_A, thread);
    twill::copy_async_commit();
    // cycle    0 | stage 0 | role1 | copy | B@+1
    twill::copy_tile_async<K, N, THREADS>(
        twill::slot<2, 32768>(ring_B, i1), from_B + int64_t(i1) * K * p.stride_B, p.stride_B,
        thread);
    twill::copy_async_commit();
    twill::copy_async_wait<2>();
    twill::sync_role<1, THREADS>();
    // cycle  316 | stage 1 | role1 | tensor | C@+0
    twill::mma_tile<M, N, K, 2, 4>(
        tile_C, twill::slot<2, 16384>(ring_A, i0), twill::slot<2, 32768>(ring_B, i0), thread);
  }
  if (trips - 1 >= 0) {  // body trips - 1: iterations end, none begins
    const int i0 = trips - 1;
    twill::copy_async_wait<0>();
    twill::sync_role<1, THREADS>();
    // cycle  316 | stage 1 | role1 | tensor | C@+0
    twill::mma_tile<M, N, K, 2, 4>(
        tile_C, twill::slot<2, 16384>(ring_A, i0), twill::slot<2, 32768>(ring_B, i0), thread);
  }

  Output* to = p.C + int64_t(at.x) * M * p.stride_C + int64_t(at.y) * N;
  twill::store_tile<M, N, 2, 4>(tile_C, to, p.stride_C, thread);
}

extern "C" __global__ __maxnreg__(184)
void gemm(const __grid_constant__ Parameters p) {
  extern __shared__ __align__(1024) unsigned char memory[];
  TWILL_BLOCK_STARTS(blockIdx.x);
  role_role1(p, *reinterpret_cast<Shared*>(memory));
  if (threadIdx.x == 0) TWILL_BLOCK_ENDS(blockIdx.x);
}

#ifdef TWILL_MAIN
// One thread an element: what the kernel is compared with.
__global__ void reference(const bf16* A, const bf16* B, float* C, int n, int k, int64_t stride) {
  const int row = blockIdx.x, column = blockIdx.y * blockDim.x + threadIdx.x;
  float sum = 0.0f;
  for (int i = 0; i < k; ++i)
    sum += float(A[row * stride + i]) * float(B[int64_t(i) * n + column]);
  C[int64_t(row) * n + column] = sum;
}

// C[m, n] = A[m, k] B[k, n] with random inputs, row by row in memory.
struct Problem {
  const int m, n, k;
  bf16* const A = twill::random_values<bf16>(int64_t(m) * k, 1);
  bf16* const B = twill::random_values<bf16>(int64_t(k) * n, 2);
  Output* const C = twill::allocate<Output>(int64_t(m) * n);

  Problem(int m, int n, int k) : m(m), n(n), k(k) {}
  Problem(const Problem&) = delete;
  ~Problem() {
    TWILL_CHECK(cudaFree(A));
    TWILL_CHECK(cudaFree(B));
    TWILL_CHECK(cudaFree(C));
  }

  int blocks() const { return (m / M) * (n / N); }

  // The product over the first `trips` steps along k.
  void launch(int trips) const {
    Parameters p = {};
    p.A = A, p.B = B, p.C = C;
    p.stride_A = k, p.stride_B = n, p.stride_C = n;
    p.tiles_m = m / M, p.tiles_n = n / N, p.trips = trips;
    gemm<<<blocks(), THREADS, SHARED_BYTES>>>(p);
    TWILL_CHECK(cudaGetLastError());
  }

  bool check(int trips) const {
    float* expected = twill::allocate<float>(int64_t(m) * n);
    reference<<<dim3(m, n / N), N>>>(A, B, expected, n, trips * K, k);
    TWILL_CHECK(cudaGetLastError());
    launch(trips);
    const std::string what = std::to_string(trips) + " iterations";
    const bool good = twill::agree(what.c_str(), C, expected, int64_t(m) * n, 0x1p-7f);
    TWILL_CHECK(cudaFree(expected));
    return good;
  }

  // Cycles of one iteration in the steady state: what as many iterations again take longer.
  double cycles_per_iteration(int trips) const {
    const double all = twill::block_cycles(blocks(), [&] { launch(trips); });
    const double half = twill::block_cycles(blocks(), [&] { launch(trips / 2); });
    return (all - half) / (trips - trips / 2);
  }
};

int main(int count, char** arguments) {
  int m = 8192, n = 8192, k = 8192;
  int* const sizes[3] = {&m, &n, &k};
  for (int i = 1; i < count && i <= 3; ++i) *sizes[i - 1] = std::atoi(arguments[i]);
  if (m < M || n < N || k < K || m % M || n % N || k % K) {
    std::fprintf(stderr, "m, n, k must be multiples of the tile %d, %d, %d: not %d, %d, %d\n", M, N,
                 K, m, n, k);
    return 2;
  }
  twill::describe_device();
  TWILL_CHECK(cudaFuncSetAttribute(gemm, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                   SHARED_BYTES));
  const Problem small(2 * M, 2 * N, 9 * K), large(m, n, k);
  bool good = true;
  for (int trips : {0, 1, 2, 3, 4, 5, 9}) good &= small.check(trips);
  good &= large.check(k / K);
  const float ms = twill::milliseconds(20, [&] { large.launch(k / K); });
  std::printf("%d x %d x %d: %.3f ms, %.1f TFLOPS\n", m, n, k, ms, 2e-9 * m * n * k / ms);
  std::printf("cycles per iteration: %.0f, in the schedule %d\n", large.cycles_per_iteration(k / K),
              II);
  return good ? 0 : 1;
}
#endif
