// gemm
//
// II 1024 cycles an iteration. Solved by the tests, which look for no proof.
// spec gemm b6e2c647, machine h100 fa286f28 with roles.registers.overhead=32, problem c2ec8daf
// tile M = 128, N = 256, K = 64
//
// role   warps  registers
// load       1         32
// role1      8        160
//
// ring  memory  slots   size  address
// B     shared      2  32768        0
// A     shared      2  16384    65536
//
// barrier  slots  arrivals
// B.full       2  B
// A.full       2  A
// A.empty      2  role1
//
// nvcc -std=c++17 -gencode arch=compute_90a,code=sm_90a -DTWILL_MAIN kernel.cu -o test  # checks and times it

#include "twill.cuh"

[[maybe_unused]] constexpr int II = 1024;  // as scheduled
constexpr int THREADS = 384;
[[maybe_unused]] constexpr int M = 128, N = 256, K = 64;  // the tile

// Shared memory, from a multiple of 1024 bytes on.
constexpr uint32_t B_AT = 0;  // 2 x 32768 bytes
constexpr uint32_t A_AT = 65536;  // 2 x 16384 bytes
constexpr uint32_t B_full_AT = 98304;  // 2 mbarriers
constexpr uint32_t A_full_AT = 98320;  // 2 mbarriers
constexpr uint32_t A_empty_AT = 98336;  // 2 mbarriers
constexpr uint32_t inputs_full_AT = 98352;  // 1 mbarrier
[[maybe_unused]] constexpr uint32_t SHARED_BYTES = 98360;

#ifdef TWILL_FP32_OUTPUT
using Output = float;
#else
using Output = bf16;
#endif

// C [m, n] = A [m, k] B [k, n], row by row; m, n, k are tiles_m M, tiles_n N, trips K.
struct Parameters {
  CUtensorMap A, B;
  Output* C;
  int64_t stride_C;  // elements from row to row, a multiple of 16
  int tiles_m, tiles_n, trips;
};

// Row and column of a block's tile. Blocks go through 8 rows of tiles column by column, then
// through the next 8, so that those at work together read the same rows of A, columns of B.
__device__ __forceinline__ int2 tile_of_block(int block, const Parameters& p) {
  const int group = block / (8 * p.tiles_n), within = block % (8 * p.tiles_n);
  const int rows = min(8, p.tiles_m - 8 * group);
  return make_int2(8 * group + within % rows, within / rows);
}

__device__ __forceinline__ void role_load(const Parameters& p, uint32_t shared) {
  const int trips = p.trips;
  [[maybe_unused]] const int2 at = tile_of_block(blockIdx.x, p);
  const twill::Barrier<2> A_empty{shared + A_empty_AT};
  const twill::Barrier<2> A_full{shared + A_full_AT};
  const twill::Barrier<2> B_full{shared + B_full_AT};
  if (threadIdx.x % 128 >= 32 || !twill::elected()) return;

  for (int t = -1; t < trips - 1; ++t) {
    const int i1 = t + 1;
    A_empty.wait(i1 - 2);
    // cycle  522 | stage -1 | load | tma | A@+1
    A_full.expect(i1, 16384);
    twill::load_box(
        twill::slot<2, 16384>(shared + A_AT, i1), p.A, at.x * M, i1 * K, A_full.of(i1));
    // cycle  596 | stage -1 | load | tma | B@+1
    B_full.expect(i1, 32768);
    twill::load_box(
        twill::slot<2, 32768>(shared + B_AT, i1), p.B, i1 * K, at.y * N, B_full.of(i1));
  }
}

__device__ __forceinline__ void role_role1(const Parameters& p, uint32_t shared) {
  const int trips = p.trips;
  const int thread = threadIdx.x - 128;
  const int group = __shfl_sync(0xffffffff, thread / 128, 0);
  [[maybe_unused]] const int2 at = tile_of_block(blockIdx.x, p);
  const twill::Barrier<2> B_full{shared + B_full_AT};
  const twill::Barrier<2> A_full{shared + A_full_AT};
  const twill::Barrier<2> A_empty{shared + A_empty_AT};
  float C[128];
  twill::fill(C, 0.0f);

  {  // body 0: iterations begin, none ends
    const int i0 = 0;
    if (0 < trips) {
      B_full.wait(i0);
      A_full.wait(i0);
      // cycle  205 | stage 0 | role1 | tensor | C@+0
      twill::wgmma_begin(C);
      twill::wgmma<256, 64>(
          C, twill::Operand<128, true>{twill::slot<2, 16384>(shared + A_AT, i0) + group * 8192},
          twill::Operand<64, false>{twill::slot<2, 32768>(shared + B_AT, i0)}, true);
      twill::wgmma_commit();
    }
  }
  for (int t = 1; t < trips; ++t) {
    const int p1 = t - 1, i0 = t;
    B_full.wait(i0);
    A_full.wait(i0);
    // cycle  205 | stage 0 | role1 | tensor | C@+0
    twill::wgmma_begin(C);
    twill::wgmma<256, 64>(
        C, twill::Operand<128, true>{twill::slot<2, 16384>(shared + A_AT, i0) + group * 8192},
        twill::Operand<64, false>{twill::slot<2, 32768>(shared + B_AT, i0)}, true);
    twill::wgmma_commit();
    twill::wgmma_wait<1>();
    twill::settled(C);
    A_empty.arrive_warp(p1);
  }
  if (trips >= 1) {  // body trips: iterations end, none begins
    const int p1 = trips - 1;
    twill::wgmma_wait<0>();
    twill::settled(C);
    A_empty.arrive_warp(p1);
  }
  twill::wgmma_wait<0>();
  twill::settled(C);
  twill::store_tile<M, N, 8, 1>(
      C, p.C + int64_t(at.x) * M * p.stride_C + int64_t(at.y) * N, p.stride_C, thread);
}

extern "C" __global__ __launch_bounds__(THREADS, 1)
void gemm(const __grid_constant__ Parameters p) {
  extern __shared__ __align__(1024) unsigned char memory[];
  const uint32_t shared = twill::shared_address(memory);
  TWILL_BLOCK_STARTS(blockIdx.x);
  if (threadIdx.x == 0) {
    twill::Barrier<2>{shared + B_full_AT}.init(1);
    twill::Barrier<2>{shared + A_full_AT}.init(1);
    twill::Barrier<2>{shared + A_empty_AT}.init(8);
    twill::Barrier<1>{shared + inputs_full_AT}.init(1);
    twill::barriers_initialised();
  }
  __syncthreads();

  if (threadIdx.x < 128) {
    twill::give_registers<32>();
    role_load(p, shared);
  } else {
    twill::give_registers<160>();
    role_role1(p, shared);
  }
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
    p.A = twill::tensor_map(A, m, k, k, M, K);
    p.B = twill::tensor_map(B, k, n, n, K, N);
    p.C = C, p.stride_C = n;
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
