// flash_attention_forward
//
// II 2048 cycles an iteration. Solved by the tests, which look for no proof.
// spec flash_attention_forward 70686216, machine h100 766767be, problem 8056b7cd
// tile M = 128, N = 128, D = 128; M in 2
//
// role   warps  registers
// load       1         24
// role1      4        192
// role2      4        192
//
// ring  memory  slots   size  address
// K     shared      1  32768    32768
// V     shared      1  32768    65536
//
// barrier  slots  arrivals
// K.full       1  K
// V.full       1  V
// V.empty      1  role2, role1
// K.empty      1  role2, role1
//
// nvcc -std=c++17 -gencode arch=compute_90a,code=sm_90a -DTWILL_MAIN kernel.cu -o test  # checks and times it

#include "twill.cuh"

[[maybe_unused]] constexpr int II = 2048;  // as scheduled
constexpr int THREADS = 384;
[[maybe_unused]] constexpr int M = 128, N = 128, D = 128;  // the tile

// Shared memory, from a multiple of 1024 bytes on.
constexpr uint32_t Q_AT = 0;  // 32768 bytes
constexpr uint32_t K_AT = 32768;  // 1 x 32768 bytes
constexpr uint32_t V_AT = 65536;  // 1 x 32768 bytes
constexpr uint32_t K_full_AT = 98304;  // 1 mbarrier
constexpr uint32_t V_full_AT = 98312;  // 1 mbarrier
constexpr uint32_t V_empty_AT = 98320;  // 1 mbarrier
constexpr uint32_t K_empty_AT = 98328;  // 1 mbarrier
constexpr uint32_t inputs_full_AT = 98336;  // 1 mbarrier
[[maybe_unused]] constexpr uint32_t SHARED_BYTES = 98344;

// O = softmax(s Q K^T) V for every head; scale = s log2(e), so that exponentials are powers of 2.
// The logarithm of each row's sum, to the base 2 and of scaled scores, goes to lse.
struct Parameters {
  CUtensorMap Q, K, V;  // [heads queries, D], [heads keys, D], [heads keys, D]
  bf16* O;              // [heads queries, D]
  float* lse;           // [heads queries]
  int queries, keys;    // rows of one head, multiples of M and N
  int trips;            // keys / N
  float scale;
};

// Rows of O: divided by their sums and stored, those of a warp group from `first` on.
__device__ __forceinline__ void store_rows(const Parameters& p, const float (&O)[D / 2],
                                           const float (&m)[2], const float (&l)[2], int first,
                                           int thread) {
#pragma unroll
  for (int r = 0; r < 2; ++r) {
    const int row = first + thread / 32 * 16 + thread % 32 / 4 + 8 * r;
    const float sum = twill::quad_sum(l[r]), factor = sum > 0.0f ? 1.0f / sum : 0.0f;
    bf16* to = p.O + int64_t(row) * D;
#pragma unroll
    for (int e = 2 * r; e < D / 2; e += 4)
      *reinterpret_cast<uint32_t*>(to + twill::column_of(e)) =
          twill::pack(O[e] * factor, O[e + 1] * factor);
    if (thread % 4 == 0) p.lse[row] = m[r] * p.scale + __log2f(sum);
  }
}

__device__ __forceinline__ void role_load(const Parameters& p, uint32_t shared) {
  const int trips = p.trips;
  [[maybe_unused]] const int row_q = blockIdx.x * M;
  [[maybe_unused]] const int row_k = blockIdx.x * M / p.queries * p.keys;
  const twill::Barrier<1> K_empty{shared + K_empty_AT};
  const twill::Barrier<1> K_full{shared + K_full_AT};
  const twill::Barrier<1> V_empty{shared + V_empty_AT};
  const twill::Barrier<1> V_full{shared + V_full_AT};
  if (threadIdx.x % 128 >= 32 || !twill::elected()) return;
  const twill::Barrier<1> inputs_full{shared + inputs_full_AT};
  inputs_full.expect(0, 32768);
  twill::load_box(shared + Q_AT, p.Q, row_q, 0, inputs_full.of(0));

  {  // body -2: iterations begin, none ends
    const int i2 = 0;
    if (0 < trips) {
      K_empty.wait(i2 - 1);
      // cycle 1415 | stage -1 | load | tma | K@+2
      K_full.expect(i2, 32768);
      twill::load_box(shared + K_AT, p.K, row_k + i2 * N, 0, K_full.of(i2));
    }
  }
  for (int t = -1; t < trips - 2; ++t) {
    const int i1 = t + 1, i2 = t + 2;
    K_empty.wait(i2 - 1);
    // cycle 1415 | stage -1 | load | tma | K@+2
    K_full.expect(i2, 32768);
    twill::load_box(shared + K_AT, p.K, row_k + i2 * N, 0, K_full.of(i2));
    V_empty.wait(i1 - 1);
    // cycle   46 | stage 1 | load | tma | V@+1
    V_full.expect(i1, 32768);
    twill::load_box(shared + V_AT, p.V, row_k + i1 * N, 0, V_full.of(i1));
  }
  if (trips - 2 >= -1) {  // body trips - 2: iterations end, none begins
    const int i1 = trips - 2 + 1;
    V_empty.wait(i1 - 1);
    // cycle   46 | stage 1 | load | tma | V@+1
    V_full.expect(i1, 32768);
    twill::load_box(shared + V_AT, p.V, row_k + i1 * N, 0, V_full.of(i1));
  }
}

__device__ __forceinline__ void role_role1(const Parameters& p, uint32_t shared) {
  const int trips = p.trips;
  const int thread = threadIdx.x - 128;
  const float scale = p.scale;
  [[maybe_unused]] const int row_q = blockIdx.x * M;
  [[maybe_unused]] const int row_k = blockIdx.x * M / p.queries * p.keys;
  const twill::Barrier<1> K_full{shared + K_full_AT};
  const twill::Barrier<1> K_empty{shared + K_empty_AT};
  const twill::Barrier<1> V_full{shared + V_full_AT};
  const twill::Barrier<1> V_empty{shared + V_empty_AT};
  float S_m0[64];  // S[m0] = x[m0] = p[m0]
  float m_m0[2][2];
  twill::fill(m_m0[0], -INFINITY);
  twill::fill(m_m0[1], -INFINITY);
  float alpha_m0[2];
  float l_scaled_m0[2];  // l_scaled[m0] = l[m0]
  twill::fill(l_scaled_m0, 0.0f);
  uint32_t P_m0[32];
  float O_scaled_m0[64];  // O_scaled[m0] = O[m0]
  twill::fill(O_scaled_m0, 0.0f);
  twill::Barrier<1>{shared + inputs_full_AT}.wait(0);

  {  // body -1: iterations begin, none ends
    const int i1 = 0;
    if (0 < trips) {
      K_full.wait(i1);
      // cycle    0 | stage 0 | role1 | tensor | S[m0]@+1
      twill::wgmma_begin(S_m0);
      twill::wgmma<128, 128>(
          S_m0, twill::Operand<128, true>{shared + Q_AT},
          twill::Operand<128, true>{shared + K_AT}, false);
      twill::wgmma_commit();
      twill::wgmma_wait<0>();
      twill::settled(S_m0);
      K_empty.arrive_warp(i1);
      // cycle  558 | stage 0 | role1 | alu | m[m0]@+1
      twill::move_up(m_m0);
      twill::row_max(m_m0[0], m_m0[1], S_m0);
      // cycle  745 | stage 0 | role1 | sfu | alpha[m0]@+1
      twill::each(
          alpha_m0, [&](int r) { return twill::exp2((m_m0[1][r] - m_m0[0][r]) * scale); });
      // cycle  779 | stage 0 | role1 | fma | l_scaled[m0]@+1
      twill::each(l_scaled_m0, [&](int r) { return l_scaled_m0[r] * alpha_m0[r]; });
      // cycle 1134 | stage 0 | role1 | fma | x[m0]@+1
      twill::each(
          S_m0, [&](int e) { return S_m0[e] * scale - m_m0[0][twill::row_of(e)] * scale; });
      // cycle 1202 | stage 0 | role1 | sfu | p[m0]@+1
      twill::each(S_m0, [&](int e) { return twill::exp2(S_m0[e]); });
      // cycle 1750 | stage 0 | role1 | fma | l[m0]@+1
      twill::row_sum(l_scaled_m0, l_scaled_m0, S_m0);
      // cycle 1814 | stage 0 | role1 | convert | P[m0]@+1
      twill::convert(P_m0, S_m0);
    }
  }
  for (int t = 0; t < trips - 1; ++t) {
    const int i0 = t, i1 = t + 1;
    K_full.wait(i1);
    // cycle    0 | stage 0 | role1 | tensor | S[m0]@+1
    twill::wgmma_begin(S_m0);
    twill::wgmma<128, 128>(
        S_m0, twill::Operand<128, true>{shared + Q_AT},
        twill::Operand<128, true>{shared + K_AT}, false);
    twill::wgmma_commit();
    // cycle   46 | stage 1 | role1 | fma | O_scaled[m0]@+0
    twill::each(
        O_scaled_m0, [&](int e) { return O_scaled_m0[e] * alpha_m0[twill::row_of(e)]; });
    twill::wgmma_wait<0>();
    twill::settled(S_m0);
    K_empty.arrive_warp(i1);
    // cycle  558 | stage 0 | role1 | alu | m[m0]@+1
    twill::move_up(m_m0);
    twill::row_max(m_m0[0], m_m0[1], S_m0);
    // cycle  745 | stage 0 | role1 | sfu | alpha[m0]@+1
    twill::each(
        alpha_m0, [&](int r) { return twill::exp2((m_m0[1][r] - m_m0[0][r]) * scale); });
    // cycle  779 | stage 0 | role1 | fma | l_scaled[m0]@+1
    twill::each(l_scaled_m0, [&](int r) { return l_scaled_m0[r] * alpha_m0[r]; });
    V_full.wait(i0);
    // cycle 1024 | stage 1 | role1 | tensor | O[m0]@+0
    twill::wgmma_begin(O_scaled_m0, P_m0);
    twill::wgmma<128, 128>(O_scaled_m0, P_m0, twill::Operand<128, false>{shared + V_AT}, true);
    twill::wgmma_commit();
    // cycle 1134 | stage 0 | role1 | fma | x[m0]@+1
    twill::each(
        S_m0, [&](int e) { return S_m0[e] * scale - m_m0[0][twill::row_of(e)] * scale; });
    // cycle 1202 | stage 0 | role1 | sfu | p[m0]@+1
    twill::each(S_m0, [&](int e) { return twill::exp2(S_m0[e]); });
    // cycle 1750 | stage 0 | role1 | fma | l[m0]@+1
    twill::row_sum(l_scaled_m0, l_scaled_m0, S_m0);
    twill::wgmma_wait<0>();
    twill::settled(O_scaled_m0);
    twill::settled(P_m0);
    V_empty.arrive_warp(i0);
    // cycle 1814 | stage 0 | role1 | convert | P[m0]@+1
    twill::convert(P_m0, S_m0);
  }
  if (trips - 1 >= 0) {  // body trips - 1: iterations end, none begins
    const int i0 = trips - 1;
    // cycle   46 | stage 1 | role1 | fma | O_scaled[m0]@+0
    twill::each(
        O_scaled_m0, [&](int e) { return O_scaled_m0[e] * alpha_m0[twill::row_of(e)]; });
    V_full.wait(i0);
    // cycle 1024 | stage 1 | role1 | tensor | O[m0]@+0
    twill::wgmma_begin(O_scaled_m0, P_m0);
    twill::wgmma<128, 128>(O_scaled_m0, P_m0, twill::Operand<128, false>{shared + V_AT}, true);
    twill::wgmma_commit();
    V_empty.arrive_warp(i0);
  }
  twill::wgmma_wait<0>();
  twill::settled(O_scaled_m0);
  store_rows(p, O_scaled_m0, m_m0[0], l_scaled_m0, row_q, thread);
}

__device__ __forceinline__ void role_role2(const Parameters& p, uint32_t shared) {
  const int trips = p.trips;
  const int thread = threadIdx.x - 256;
  const float scale = p.scale;
  [[maybe_unused]] const int row_q = blockIdx.x * M;
  [[maybe_unused]] const int row_k = blockIdx.x * M / p.queries * p.keys;
  const twill::Barrier<1> K_full{shared + K_full_AT};
  const twill::Barrier<1> K_empty{shared + K_empty_AT};
  const twill::Barrier<1> V_full{shared + V_full_AT};
  const twill::Barrier<1> V_empty{shared + V_empty_AT};
  float S_m1[64];  // S[m1] = x[m1] = p[m1]
  float m_m1[2][2];
  twill::fill(m_m1[0], -INFINITY);
  twill::fill(m_m1[1], -INFINITY);
  float alpha_m1[2];
  float l_scaled_m1[2];  // l_scaled[m1] = l[m1]
  twill::fill(l_scaled_m1, 0.0f);
  uint32_t P_m1[32];
  float O_scaled_m1[64];  // O_scaled[m1] = O[m1]
  twill::fill(O_scaled_m1, 0.0f);
  twill::Barrier<1>{shared + inputs_full_AT}.wait(0);

  {  // body -1: iterations begin, none ends
    const int i1 = 0;
    if (0 < trips) {
      K_full.wait(i1);
      // cycle  512 | stage 0 | role2 | tensor | S[m1]@+1
      twill::wgmma_begin(S_m1);
      twill::wgmma<128, 128>(
          S_m1, twill::Operand<128, true>{shared + Q_AT + 8192},
          twill::Operand<128, true>{shared + K_AT}, false);
      twill::wgmma_commit();
      twill::wgmma_wait<0>();
      twill::settled(S_m1);
      K_empty.arrive_warp(i1);
      // cycle 1144 | stage 0 | role2 | alu | m[m1]@+1
      twill::move_up(m_m1);
      twill::row_max(m_m1[0], m_m1[1], S_m1);
      // cycle 1578 | stage 0 | role2 | fma | x[m1]@+1
      twill::each(
          S_m1, [&](int e) { return S_m1[e] * scale - m_m1[0][twill::row_of(e)] * scale; });
      // cycle 1714 | stage 0 | role2 | sfu | alpha[m1]@+1
      twill::each(
          alpha_m1, [&](int r) { return twill::exp2((m_m1[1][r] - m_m1[0][r]) * scale); });
      // cycle 1748 | stage 0 | role2 | sfu | p[m1]@+1
      twill::each(S_m1, [&](int e) { return twill::exp2(S_m1[e]); });
      // cycle 1748 | stage 0 | role2 | fma | l_scaled[m1]@+1
      twill::each(l_scaled_m1, [&](int r) { return l_scaled_m1[r] * alpha_m1[r]; });
      // cycle  230 | stage 1 | role2 | fma | l[m1]@+1
      twill::row_sum(l_scaled_m1, l_scaled_m1, S_m1);
      // cycle  294 | stage 1 | role2 | convert | P[m1]@+1
      twill::convert(P_m1, S_m1);
    }
  }
  for (int t = 0; t < trips - 1; ++t) {
    const int i0 = t, i1 = t + 1;
    K_full.wait(i1);
    // cycle  512 | stage 0 | role2 | tensor | S[m1]@+1
    twill::wgmma_begin(S_m1);
    twill::wgmma<128, 128>(
        S_m1, twill::Operand<128, true>{shared + Q_AT + 8192},
        twill::Operand<128, true>{shared + K_AT}, false);
    twill::wgmma_commit();
    // cycle 1070 | stage 1 | role2 | fma | O_scaled[m1]@+0
    twill::each(
        O_scaled_m1, [&](int e) { return O_scaled_m1[e] * alpha_m1[twill::row_of(e)]; });
    twill::wgmma_wait<0>();
    twill::settled(S_m1);
    K_empty.arrive_warp(i1);
    // cycle 1144 | stage 0 | role2 | alu | m[m1]@+1
    twill::move_up(m_m1);
    twill::row_max(m_m1[0], m_m1[1], S_m1);
    V_full.wait(i0);
    // cycle 1536 | stage 1 | role2 | tensor | O[m1]@+0
    twill::wgmma_begin(O_scaled_m1, P_m1);
    twill::wgmma<128, 128>(O_scaled_m1, P_m1, twill::Operand<128, false>{shared + V_AT}, true);
    twill::wgmma_commit();
    // cycle 1578 | stage 0 | role2 | fma | x[m1]@+1
    twill::each(
        S_m1, [&](int e) { return S_m1[e] * scale - m_m1[0][twill::row_of(e)] * scale; });
    // cycle 1714 | stage 0 | role2 | sfu | alpha[m1]@+1
    twill::each(
        alpha_m1, [&](int r) { return twill::exp2((m_m1[1][r] - m_m1[0][r]) * scale); });
    // cycle 1748 | stage 0 | role2 | sfu | p[m1]@+1
    twill::each(S_m1, [&](int e) { return twill::exp2(S_m1[e]); });
    // cycle 1748 | stage 0 | role2 | fma | l_scaled[m1]@+1
    twill::each(l_scaled_m1, [&](int r) { return l_scaled_m1[r] * alpha_m1[r]; });
    twill::wgmma_wait<0>();
    twill::settled(O_scaled_m1);
    twill::settled(P_m1);
    V_empty.arrive_warp(i0);
    // cycle  230 | stage 1 | role2 | fma | l[m1]@+1
    twill::row_sum(l_scaled_m1, l_scaled_m1, S_m1);
    // cycle  294 | stage 1 | role2 | convert | P[m1]@+1
    twill::convert(P_m1, S_m1);
  }
  if (trips - 1 >= 0) {  // body trips - 1: iterations end, none begins
    const int i0 = trips - 1;
    // cycle 1070 | stage 1 | role2 | fma | O_scaled[m1]@+0
    twill::each(
        O_scaled_m1, [&](int e) { return O_scaled_m1[e] * alpha_m1[twill::row_of(e)]; });
    V_full.wait(i0);
    // cycle 1536 | stage 1 | role2 | tensor | O[m1]@+0
    twill::wgmma_begin(O_scaled_m1, P_m1);
    twill::wgmma<128, 128>(O_scaled_m1, P_m1, twill::Operand<128, false>{shared + V_AT}, true);
    twill::wgmma_commit();
    twill::wgmma_wait<0>();
    twill::settled(O_scaled_m1);
    twill::settled(P_m1);
    V_empty.arrive_warp(i0);
  }
  twill::wgmma_wait<0>();
  twill::settled(O_scaled_m1);
  store_rows(p, O_scaled_m1, m_m1[0], l_scaled_m1, row_q + 64, thread);
}

extern "C" __global__ __launch_bounds__(THREADS, 1)
void flash_attention_forward(const __grid_constant__ Parameters p) {
  extern __shared__ __align__(1024) unsigned char memory[];
  const uint32_t shared = twill::shared_address(memory);
  TWILL_BLOCK_STARTS(blockIdx.x);
  if (threadIdx.x == 0) {
    twill::Barrier<1>{shared + K_full_AT}.init(1);
    twill::Barrier<1>{shared + V_full_AT}.init(1);
    twill::Barrier<1>{shared + V_empty_AT}.init(8);
    twill::Barrier<1>{shared + K_empty_AT}.init(8);
    twill::Barrier<1>{shared + inputs_full_AT}.init(1);
    twill::barriers_initialised();
  }
  __syncthreads();

  if (threadIdx.x < 128) {
    twill::give_registers<24>();
    role_load(p, shared);
  } else if (threadIdx.x < 256) {
    twill::take_registers<192>();
    role_role1(p, shared);
  } else {
    twill::take_registers<192>();
    role_role2(p, shared);
  }
}

#ifdef TWILL_MAIN
// One block a query: what the kernel is compared with.
__global__ void reference(const bf16* Q, const bf16* K, const bf16* V, float* O, int queries,
                          int keys, int used, float scale) {
  __shared__ float weights[128];
  const int row = blockIdx.x, head = row / queries, d = threadIdx.x;
  const bf16* q = Q + int64_t(row) * D;
  float most = -INFINITY, sum = 0.0f, out = 0.0f;
  for (int pass = 0; pass < 2; ++pass)
    for (int begin = 0; begin < used; begin += 128) {
      const int key = begin + threadIdx.x;
      float score = 0.0f;
      for (int i = 0; i < D; ++i)
        score += float(q[i]) * float(K[(int64_t(head) * keys + key) * D + i]);
      __syncthreads();
      weights[threadIdx.x] = pass == 0 ? score : exp2f((score - most) * scale);
      __syncthreads();
      for (int i = 0; i < 128; ++i) {
        if (pass == 0) most = fmaxf(most, weights[i]);
        if (pass == 1) sum += weights[i];
        if (pass == 1 && d < D)
          out += weights[i] * float(V[(int64_t(head) * keys + begin + i) * D + d]);
      }
    }
  if (d < D) O[int64_t(row) * D + d] = used > 0 ? out / sum : 0.0f;
}

struct Problem {
  const int heads, queries, keys;
  bf16* const Q = twill::random_values<bf16>(int64_t(heads) * queries * D, 1);
  bf16* const K = twill::random_values<bf16>(int64_t(heads) * keys * D, 2);
  bf16* const V = twill::random_values<bf16>(int64_t(heads) * keys * D, 3);
  bf16* const O = twill::allocate<bf16>(int64_t(heads) * queries * D);
  float* const lse = twill::allocate<float>(int64_t(heads) * queries);
  const float scale = 1.44269504f / sqrtf(float(D));

  Problem(int heads, int queries, int keys) : heads(heads), queries(queries), keys(keys) {}
  Problem(const Problem&) = delete;
  ~Problem() {
    for (void* memory : {(void*)Q, (void*)K, (void*)V, (void*)O, (void*)lse})
      TWILL_CHECK(cudaFree(memory));
  }

  int blocks() const { return heads * queries / M; }

  // Attention to the first `trips` tiles of keys.
  void launch(int trips) const {
    Parameters p = {};
    p.Q = twill::tensor_map(Q, int64_t(heads) * queries, D, D, M, D);
    p.K = twill::tensor_map(K, int64_t(heads) * keys, D, D, N, D);
    p.V = twill::tensor_map(V, int64_t(heads) * keys, D, D, N, D);
    p.O = O, p.lse = lse;
    p.queries = queries, p.keys = keys, p.trips = trips, p.scale = scale;
    flash_attention_forward<<<blocks(), THREADS, SHARED_BYTES>>>(p);
    TWILL_CHECK(cudaGetLastError());
  }

  bool check(int trips) const {
    float* expected = twill::allocate<float>(int64_t(heads) * queries * D);
    reference<<<heads * queries, 128>>>(Q, K, V, expected, queries, keys, trips * N, scale);
    TWILL_CHECK(cudaGetLastError());
    launch(trips);
    const std::string what = std::to_string(trips) + " iterations";
    const bool good =
        twill::agree(what.c_str(), O, expected, int64_t(heads) * queries * D, 0x1p-6f);
    TWILL_CHECK(cudaFree(expected));
    return good;
  }

  double cycles_per_iteration(int trips) const {
    const double all = twill::block_cycles(blocks(), [&] { launch(trips); });
    const double half = twill::block_cycles(blocks(), [&] { launch(trips / 2); });
    return (all - half) / (trips - trips / 2);
  }
};

int main(int count, char** arguments) {
  static_assert(D <= 128 && N % 128 == 0, "what the reference is written for");
  int heads = 64, queries = 8192, keys = 8192;
  int* const sizes[3] = {&heads, &queries, &keys};
  for (int i = 1; i < count && i <= 3; ++i) *sizes[i - 1] = std::atoi(arguments[i]);
  if (heads < 1 || queries < M || keys < N || queries % M || keys % N) {
    std::fprintf(stderr, "queries and keys must be multiples of %d and %d, not %d and %d\n", M, N,
                 queries, keys);
    return 2;
  }
  twill::describe_device();
  TWILL_CHECK(cudaFuncSetAttribute(flash_attention_forward, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                   SHARED_BYTES));
  const Problem small(2, 2 * M, 9 * N), large(heads, queries, keys);
  bool good = true;
  for (int trips : {0, 1, 2, 3, 4, 5, 9}) good &= small.check(trips);
  const float ms = twill::milliseconds(20, [&] { large.launch(keys / N); });
  std::printf("%d heads, %d queries, %d keys: %.3f ms, %.1f TFLOPS\n", heads, queries, keys, ms,
              4e-9 * heads * queries * keys * D / ms);
  std::printf("cycles per iteration: %.0f, in the schedule %d\n",
              large.cycles_per_iteration(keys / N), II);
  return good ? 0 : 1;
}
#endif
