// flash_attention_forward
//
// II 3725 cycles an iteration. Solved by the tests, which look for no proof.
// spec flash_attention_forward 70686216, machine b200 21cfe973, problem 0f45aa84
// tile M = 256, N = 128, D = 128; M in 2
//
// role   warps  registers
// load       1         24
// role1      4        160
// role2      4        160
// role3      4        160
//
// ring                 memory  slots   size  address
// K                    shared      1  32768    65536
// V                    shared      1  32768    98304
// alpha[m0]            shared      1    512   131072
// alpha[m1]            shared      1    512   131584
// S[m0]                tensor      1    128        0
// S[m1]                tensor      1    128      128
// O_scaled.tensor[m0]  tensor      1    128      256
// O_scaled.tensor[m1]  tensor      1    128      384
//
// barrier                   slots  arrivals
// K.full                        1  K
// S[m0].full                    1  S[m0]
// alpha[m0].full                1  role1
// S[m1].full                    1  S[m1]
// alpha[m1].full                1  role2
// V.full                        1  V
// O_scaled.tensor[m0].full      1  role2
// O_scaled.tensor[m1].full      1  role3
// O[m0].full                    1  O[m0]
// O[m1].full                    1  O[m1]
// V.empty                       1  O[m1], O[m0]
// K.empty                       1  S[m1], S[m0]
//
// nvcc -std=c++17 -gencode arch=compute_100a,code=sm_100a -DTWILL_MAIN kernel.cu -o test  # checks and times it

#include "twill.cuh"

[[maybe_unused]] constexpr int II = 3725;  // as scheduled
constexpr int THREADS = 512;
[[maybe_unused]] constexpr int M = 256, N = 128, D = 128;  // the tile

// Shared memory, from a multiple of 1024 bytes on.
constexpr uint32_t Q_AT = 0;  // 65536 bytes
constexpr uint32_t K_AT = 65536;  // 1 x 32768 bytes
constexpr uint32_t V_AT = 98304;  // 1 x 32768 bytes
constexpr uint32_t alpha_m0_sent_AT = 131072;  // 1 x 512 bytes
constexpr uint32_t alpha_m1_sent_AT = 131584;  // 1 x 512 bytes
constexpr uint32_t K_full_AT = 132096;  // 1 mbarrier
constexpr uint32_t S_m0_full_AT = 132104;  // 1 mbarrier
constexpr uint32_t alpha_m0_full_AT = 132112;  // 1 mbarrier
constexpr uint32_t S_m1_full_AT = 132120;  // 1 mbarrier
constexpr uint32_t alpha_m1_full_AT = 132128;  // 1 mbarrier
constexpr uint32_t V_full_AT = 132136;  // 1 mbarrier
constexpr uint32_t O_scaled_tensor_m0_full_AT = 132144;  // 1 mbarrier
constexpr uint32_t O_scaled_tensor_m1_full_AT = 132152;  // 1 mbarrier
constexpr uint32_t O_m0_full_AT = 132160;  // 1 mbarrier
constexpr uint32_t O_m1_full_AT = 132168;  // 1 mbarrier
constexpr uint32_t V_empty_AT = 132176;  // 1 mbarrier
constexpr uint32_t K_empty_AT = 132184;  // 1 mbarrier
constexpr uint32_t inputs_full_AT = 132192;  // 1 mbarrier
constexpr uint32_t O_m0_done_AT = 132200;  // 1 mbarrier
constexpr uint32_t O_m1_done_AT = 132208;  // 1 mbarrier
constexpr uint32_t tensor_AT = 132216;  // 8 bytes
[[maybe_unused]] constexpr uint32_t SHARED_BYTES = 132224;

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

// Rows of O: divided by their sums and stored, 128 from `first` on, a row by each thread. `own`:
// the columns of O, in the lanes of the thread's warp.
__device__ __forceinline__ void store_rows(const Parameters& p, uint32_t own, const float (&m)[1],
                                           const float (&l)[1], int first, int thread) {
  const int row = first + thread;
  const float factor = l[0] > 0.0f ? 1.0f / l[0] : 0.0f;
  twill::tensor_store_row<D>(p.O + int64_t(row) * D, own, factor, p.trips > 0);
  p.lse[row] = m[0] * p.scale + __log2f(l[0]);
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
  inputs_full.expect(0, 65536);
  twill::load_box(shared + Q_AT, p.Q, row_q, 0, inputs_full.of(0));

  for (int t = -2; t < trips - 2; ++t) {
    const int i2 = t + 2;
    K_empty.wait(i2 - 1);
    // cycle 3073 | stage -1 | load | tma | K@+2
    K_full.expect(i2, 32768);
    twill::load_box(shared + K_AT, p.K, row_k + i2 * N, 0, K_full.of(i2));
    V_empty.wait(i2 - 1);
    // cycle 1309 | stage 0 | load | tma | V@+2
    V_full.expect(i2, 32768);
    twill::load_box(shared + V_AT, p.V, row_k + i2 * N, 0, V_full.of(i2));
  }
}

__device__ __forceinline__ void role_role1(const Parameters& p, uint32_t shared) {
  const int trips = p.trips;
  const int thread = threadIdx.x - 128;
  const bool issuer = thread / 32 == 0;
  const float scale = p.scale;
  [[maybe_unused]] const int row_q = blockIdx.x * M;
  [[maybe_unused]] const int row_k = blockIdx.x * M / p.queries * p.keys;
  const twill::Barrier<1> K_full{shared + K_full_AT};
  const twill::Barrier<1> S_m0_full{shared + S_m0_full_AT};
  const twill::Barrier<1> K_empty{shared + K_empty_AT};
  const twill::Barrier<1> alpha_m0_full{shared + alpha_m0_full_AT};
  const twill::Barrier<1> V_full{shared + V_full_AT};
  const twill::Barrier<1> O_scaled_tensor_m0_full{shared + O_scaled_tensor_m0_full_AT};
  const twill::Barrier<1> O_m0_full{shared + O_m0_full_AT};
  const twill::Barrier<1> V_empty{shared + V_empty_AT};
  const uint32_t tensor = twill::tensor_address(shared + tensor_AT);
  [[maybe_unused]] const uint32_t own = twill::own_lanes(tensor);
  float S_register_m0[128];  // S.register[m0] = x[m0] = p[m0]
  float m_m0[2][1];
  twill::fill(m_m0[0], -INFINITY);
  twill::fill(m_m0[1], -INFINITY);
  float alpha_m0[1];
  float l_scaled_m0[1];  // l_scaled[m0] = l[m0]
  twill::fill(l_scaled_m0, 0.0f);
  uint32_t P_m0[64];
  twill::Barrier<1>{shared + inputs_full_AT}.wait(0);

  for (int t = -1; t < trips - 1; ++t) {
    const int i1 = t + 1;
    if (issuer) K_full.wait(i1);
    // cycle    0 | stage 0 | role1 | tensor | S[m0]@+1
    if (issuer && twill::elected()) {
      twill::multiply<128, 128>(
          tensor + 0, twill::Operand<256, true>{shared + Q_AT},
          twill::Operand<128, true>{shared + K_AT}, false);
      twill::tensor_commit(S_m0_full.of(i1));
      twill::tensor_commit(K_empty.of(i1));
    }
    S_m0_full.wait(i1);
    twill::tensor_after();
    // cycle  660 | stage 0 | role1 | tensor_read | S.register[m0]@+1
    twill::tensor_load(S_register_m0, own + 0);
    twill::tensor_load_wait(S_register_m0);
    // cycle 1192 | stage 0 | role1 | alu | m[m0]@+1
    twill::move_up(m_m0);
    twill::row_max(m_m0[0], m_m0[1], S_register_m0);
    // cycle 1330 | stage 0 | role1 | fma | x[m0]@+1
    twill::row_fma(S_register_m0, m_m0[0], scale);
    // cycle 1458 | stage 0 | role1 | sfu | alpha[m0]@+1
    twill::each(
        alpha_m0, [&](int r) { return twill::exp2((m_m0[1][r] - m_m0[0][r]) * scale); });
    twill::send_vector(shared + alpha_m0_sent_AT, alpha_m0, thread);
    alpha_m0_full.arrive_warp(i1);
    // cycle 1466 | stage 0 | role1 | sfu | p[m0]@+1
    twill::each(S_register_m0, [&](int e) { return twill::exp2(S_register_m0[e]); });
    // cycle 1682 | stage 0 | role1 | fma | l_scaled[m0]@+1
    twill::each(l_scaled_m0, [&](int r) { return l_scaled_m0[r] * alpha_m0[r]; });
    // cycle 2508 | stage 0 | role1 | fma | l[m0]@+1
    twill::row_sum(l_scaled_m0, l_scaled_m0, S_register_m0);
    // cycle 2636 | stage 0 | role1 | convert | P[m0]@+1
    twill::convert(P_m0, S_register_m0);
    // cycle 2910 | stage 0 | role1 | tensor_write | P.tensor[m0]@+1
    twill::tensor_store(own + 0, P_m0);
    if (issuer) V_full.wait(i1);
    if (issuer) {
      O_scaled_tensor_m0_full.wait(i1);
      twill::tensor_after();
    }
    twill::tensor_store_wait();
    twill::tensor_before();
    twill::sync_role<2, 128>();
    twill::tensor_after();
    // cycle 3097 | stage 0 | role1 | tensor | O[m0]@+1
    if (issuer && twill::elected()) {
      twill::multiply<128, 128>(
          tensor + 256, twill::TensorOperand{tensor + 0},
          twill::Operand<128, false>{shared + V_AT}, true);
      twill::tensor_commit(O_m0_full.of(i1));
      twill::tensor_commit(V_empty.of(i1));
    }
  }
  if (issuer && twill::elected()) {
    twill::tensor_commit(twill::Barrier<1>{shared + O_m0_done_AT}.of(0));
  }
  twill::tensor_load_wait();
  twill::tensor_store_wait();
  twill::Barrier<1>{shared + O_m0_done_AT}.wait(0);
  twill::tensor_after();
  store_rows(p, own + 256, m_m0[0], l_scaled_m0, row_q, thread);
}

__device__ __forceinline__ void role_role2(const Parameters& p, uint32_t shared) {
  const int trips = p.trips;
  const int thread = threadIdx.x - 256;
  const bool issuer = thread / 32 == 0;
  const float scale = p.scale;
  [[maybe_unused]] const int row_q = blockIdx.x * M;
  [[maybe_unused]] const int row_k = blockIdx.x * M / p.queries * p.keys;
  const twill::Barrier<1> O_scaled_tensor_m1_full{shared + O_scaled_tensor_m1_full_AT};
  const twill::Barrier<1> V_full{shared + V_full_AT};
  const twill::Barrier<1> O_m1_full{shared + O_m1_full_AT};
  const twill::Barrier<1> V_empty{shared + V_empty_AT};
  const twill::Barrier<1> O_m0_full{shared + O_m0_full_AT};
  const twill::Barrier<1> K_full{shared + K_full_AT};
  const twill::Barrier<1> S_m1_full{shared + S_m1_full_AT};
  const twill::Barrier<1> K_empty{shared + K_empty_AT};
  const twill::Barrier<1> alpha_m0_full{shared + alpha_m0_full_AT};
  const twill::Barrier<1> O_scaled_tensor_m0_full{shared + O_scaled_tensor_m0_full_AT};
  const twill::Barrier<1> alpha_m1_full{shared + alpha_m1_full_AT};
  const uint32_t tensor = twill::tensor_address(shared + tensor_AT);
  [[maybe_unused]] const uint32_t own = twill::own_lanes(tensor);
  float S_register_m1[128];  // S.register[m1] = x[m1] = p[m1]
  float m_m1[2][1];
  twill::fill(m_m1[0], -INFINITY);
  twill::fill(m_m1[1], -INFINITY);
  float alpha_m1[1];
  float l_scaled_m1[1];  // l_scaled[m1] = l[m1]
  twill::fill(l_scaled_m1, 0.0f);
  uint32_t P_m1[64];
  float O_register_m0[128];  // O_scaled[m0] = O.register[m0]
  twill::fill(O_register_m0, 0.0f);
  float alpha_m0_for_O_scaled_m0[1];
  twill::Barrier<1>{shared + inputs_full_AT}.wait(0);

  {  // body -1: iterations begin, none ends
    const int i1 = 0;
    if (0 < trips) {
      if (issuer) K_full.wait(i1);
      // cycle 1309 | stage 0 | role2 | tensor | S[m1]@+1
      if (issuer && twill::elected()) {
        twill::multiply<128, 128>(
            tensor + 128, twill::Operand<256, true>{shared + Q_AT + 16384},
            twill::Operand<128, true>{shared + K_AT}, false);
        twill::tensor_commit(S_m1_full.of(i1));
        twill::tensor_commit(K_empty.of(i1));
      }
      alpha_m0_full.wait(i1);
      twill::receive_vector(alpha_m0_for_O_scaled_m0, shared + alpha_m0_sent_AT, thread);
      // cycle 1554 | stage 0 | role2 | fma | O_scaled[m0]@+1
      twill::row_multiply(O_register_m0, alpha_m0_for_O_scaled_m0);
      // cycle 1686 | stage 0 | role2 | tensor_write | O_scaled.tensor[m0]@+1
      twill::tensor_store(own + 256, O_register_m0);
      twill::tensor_store_wait();
      twill::tensor_before();
      O_scaled_tensor_m0_full.arrive_warp(i1);
      S_m1_full.wait(i1);
      twill::tensor_after();
      // cycle 1969 | stage 0 | role2 | tensor_read | S.register[m1]@+1
      twill::tensor_load(S_register_m1, own + 128);
      twill::tensor_load_wait(S_register_m1);
      // cycle 2501 | stage 0 | role2 | alu | m[m1]@+1
      twill::move_up(m_m1);
      twill::row_max(m_m1[0], m_m1[1], S_register_m1);
      // cycle 2639 | stage 0 | role2 | fma | x[m1]@+1
      twill::row_fma(S_register_m1, m_m1[0], scale);
      // cycle 2767 | stage 0 | role2 | sfu | alpha[m1]@+1
      twill::each(
          alpha_m1, [&](int r) { return twill::exp2((m_m1[1][r] - m_m1[0][r]) * scale); });
      twill::send_vector(shared + alpha_m1_sent_AT, alpha_m1, thread);
      alpha_m1_full.arrive_warp(i1);
      // cycle 2775 | stage 0 | role2 | sfu | p[m1]@+1
      twill::each(S_register_m1, [&](int e) { return twill::exp2(S_register_m1[e]); });
      // cycle 2991 | stage 0 | role2 | fma | l_scaled[m1]@+1
      twill::each(l_scaled_m1, [&](int r) { return l_scaled_m1[r] * alpha_m1[r]; });
      // cycle   92 | stage 1 | role2 | fma | l[m1]@+1
      twill::row_sum(l_scaled_m1, l_scaled_m1, S_register_m1);
      // cycle  220 | stage 1 | role2 | convert | P[m1]@+1
      twill::convert(P_m1, S_register_m1);
      // cycle  494 | stage 1 | role2 | tensor_write | P.tensor[m1]@+1
      twill::tensor_store(own + 128, P_m1);
    }
  }
  for (int t = 0; t < trips - 1; ++t) {
    const int i0 = t, i1 = t + 1;
    if (issuer) {
      O_scaled_tensor_m1_full.wait(i0);
      twill::tensor_after();
    }
    if (issuer) V_full.wait(i0);
    twill::tensor_store_wait();
    twill::tensor_before();
    twill::sync_role<3, 128>();
    twill::tensor_after();
    // cycle  681 | stage 1 | role2 | tensor | O[m1]@+0
    if (issuer && twill::elected()) {
      twill::multiply<128, 128>(
          tensor + 384, twill::TensorOperand{tensor + 128},
          twill::Operand<128, false>{shared + V_AT}, true);
      twill::tensor_commit(O_m1_full.of(i0));
      twill::tensor_commit(V_empty.of(i0));
    }
    O_m0_full.wait(i0);
    twill::tensor_after();
    // cycle  947 | stage 1 | role2 | tensor_read | O.register[m0]@+0
    twill::tensor_load(O_register_m0, own + 256);
    if (issuer) K_full.wait(i1);
    // cycle 1309 | stage 0 | role2 | tensor | S[m1]@+1
    if (issuer && twill::elected()) {
      twill::multiply<128, 128>(
          tensor + 128, twill::Operand<256, true>{shared + Q_AT + 16384},
          twill::Operand<128, true>{shared + K_AT}, false);
      twill::tensor_commit(S_m1_full.of(i1));
      twill::tensor_commit(K_empty.of(i1));
    }
    alpha_m0_full.wait(i1);
    twill::tensor_load_wait(O_register_m0);
    twill::receive_vector(alpha_m0_for_O_scaled_m0, shared + alpha_m0_sent_AT, thread);
    // cycle 1554 | stage 0 | role2 | fma | O_scaled[m0]@+1
    twill::row_multiply(O_register_m0, alpha_m0_for_O_scaled_m0);
    // cycle 1686 | stage 0 | role2 | tensor_write | O_scaled.tensor[m0]@+1
    twill::tensor_store(own + 256, O_register_m0);
    twill::tensor_store_wait();
    twill::tensor_before();
    O_scaled_tensor_m0_full.arrive_warp(i1);
    S_m1_full.wait(i1);
    twill::tensor_after();
    // cycle 1969 | stage 0 | role2 | tensor_read | S.register[m1]@+1
    twill::tensor_load(S_register_m1, own + 128);
    twill::tensor_load_wait(S_register_m1);
    // cycle 2501 | stage 0 | role2 | alu | m[m1]@+1
    twill::move_up(m_m1);
    twill::row_max(m_m1[0], m_m1[1], S_register_m1);
    // cycle 2639 | stage 0 | role2 | fma | x[m1]@+1
    twill::row_fma(S_register_m1, m_m1[0], scale);
    // cycle 2767 | stage 0 | role2 | sfu | alpha[m1]@+1
    twill::each(
        alpha_m1, [&](int r) { return twill::exp2((m_m1[1][r] - m_m1[0][r]) * scale); });
    twill::send_vector(shared + alpha_m1_sent_AT, alpha_m1, thread);
    alpha_m1_full.arrive_warp(i1);
    // cycle 2775 | stage 0 | role2 | sfu | p[m1]@+1
    twill::each(S_register_m1, [&](int e) { return twill::exp2(S_register_m1[e]); });
    // cycle 2991 | stage 0 | role2 | fma | l_scaled[m1]@+1
    twill::each(l_scaled_m1, [&](int r) { return l_scaled_m1[r] * alpha_m1[r]; });
    // cycle   92 | stage 1 | role2 | fma | l[m1]@+1
    twill::row_sum(l_scaled_m1, l_scaled_m1, S_register_m1);
    // cycle  220 | stage 1 | role2 | convert | P[m1]@+1
    twill::convert(P_m1, S_register_m1);
    // cycle  494 | stage 1 | role2 | tensor_write | P.tensor[m1]@+1
    twill::tensor_store(own + 128, P_m1);
  }
  if (trips - 1 >= 0) {  // body trips - 1: iterations end, none begins
    const int i0 = trips - 1;
    if (issuer) {
      O_scaled_tensor_m1_full.wait(i0);
      twill::tensor_after();
    }
    if (issuer) V_full.wait(i0);
    twill::tensor_store_wait();
    twill::tensor_before();
    twill::sync_role<3, 128>();
    twill::tensor_after();
    // cycle  681 | stage 1 | role2 | tensor | O[m1]@+0
    if (issuer && twill::elected()) {
      twill::multiply<128, 128>(
          tensor + 384, twill::TensorOperand{tensor + 128},
          twill::Operand<128, false>{shared + V_AT}, true);
      twill::tensor_commit(O_m1_full.of(i0));
      twill::tensor_commit(V_empty.of(i0));
    }
    O_m0_full.wait(i0);
    twill::tensor_after();
    // cycle  947 | stage 1 | role2 | tensor_read | O.register[m0]@+0
    twill::tensor_load(O_register_m0, own + 256);
  }
  if (issuer && twill::elected()) {
    twill::tensor_commit(twill::Barrier<1>{shared + O_m1_done_AT}.of(0));
  }
  twill::tensor_load_wait();
  twill::tensor_store_wait();
  twill::Barrier<1>{shared + O_m1_done_AT}.wait(0);
  twill::tensor_after();
  store_rows(p, own + 384, m_m1[0], l_scaled_m1, row_q + 128, thread);
}

__device__ __forceinline__ void role_role3(const Parameters& p, uint32_t shared) {
  const int trips = p.trips;
  const int thread = threadIdx.x - 384;
  [[maybe_unused]] const int row_q = blockIdx.x * M;
  [[maybe_unused]] const int row_k = blockIdx.x * M / p.queries * p.keys;
  const twill::Barrier<1> O_m1_full{shared + O_m1_full_AT};
  const twill::Barrier<1> alpha_m1_full{shared + alpha_m1_full_AT};
  const twill::Barrier<1> O_scaled_tensor_m1_full{shared + O_scaled_tensor_m1_full_AT};
  const uint32_t tensor = twill::tensor_address(shared + tensor_AT);
  [[maybe_unused]] const uint32_t own = twill::own_lanes(tensor);
  float O_register_m1[128];  // O_scaled[m1] = O.register[m1]
  twill::fill(O_register_m1, 0.0f);
  float alpha_m1_for_O_scaled_m1[1];

  {  // body -1: iterations begin, none ends
    const int i1 = 0;
    if (0 < trips) {
      alpha_m1_full.wait(i1);
      twill::receive_vector(alpha_m1_for_O_scaled_m1, shared + alpha_m1_sent_AT, thread);
      // cycle 2863 | stage 0 | role3 | fma | O_scaled[m1]@+1
      twill::row_multiply(O_register_m1, alpha_m1_for_O_scaled_m1);
      // cycle 3007 | stage 0 | role3 | tensor_write | O_scaled.tensor[m1]@+1
      twill::tensor_store(own + 384, O_register_m1);
      twill::tensor_store_wait();
      twill::tensor_before();
      O_scaled_tensor_m1_full.arrive_warp(i1);
    }
  }
  for (int t = 0; t < trips - 1; ++t) {
    const int i0 = t, i1 = t + 1;
    O_m1_full.wait(i0);
    twill::tensor_after();
    // cycle 1309 | stage 1 | role3 | tensor_read | O.register[m1]@+0
    twill::tensor_load(O_register_m1, own + 384);
    alpha_m1_full.wait(i1);
    twill::tensor_load_wait(O_register_m1);
    twill::receive_vector(alpha_m1_for_O_scaled_m1, shared + alpha_m1_sent_AT, thread);
    // cycle 2863 | stage 0 | role3 | fma | O_scaled[m1]@+1
    twill::row_multiply(O_register_m1, alpha_m1_for_O_scaled_m1);
    // cycle 3007 | stage 0 | role3 | tensor_write | O_scaled.tensor[m1]@+1
    twill::tensor_store(own + 384, O_register_m1);
    twill::tensor_store_wait();
    twill::tensor_before();
    O_scaled_tensor_m1_full.arrive_warp(i1);
  }
  if (trips - 1 >= 0) {  // body trips - 1: iterations end, none begins
    const int i0 = trips - 1;
    O_m1_full.wait(i0);
    twill::tensor_after();
    // cycle 1309 | stage 1 | role3 | tensor_read | O.register[m1]@+0
    twill::tensor_load(O_register_m1, own + 384);
  }
  twill::tensor_load_wait();
  twill::tensor_store_wait();
}

extern "C" __global__ __launch_bounds__(THREADS, 1)
void flash_attention_forward(const __grid_constant__ Parameters p) {
  extern __shared__ __align__(1024) unsigned char memory[];
  const uint32_t shared = twill::shared_address(memory);
  TWILL_BLOCK_STARTS(blockIdx.x);
  if (threadIdx.x == 0) {
    twill::Barrier<1>{shared + K_full_AT}.init(1);
    twill::Barrier<1>{shared + S_m0_full_AT}.init(1);
    twill::Barrier<1>{shared + alpha_m0_full_AT}.init(4);
    twill::Barrier<1>{shared + S_m1_full_AT}.init(1);
    twill::Barrier<1>{shared + alpha_m1_full_AT}.init(4);
    twill::Barrier<1>{shared + V_full_AT}.init(1);
    twill::Barrier<1>{shared + O_scaled_tensor_m0_full_AT}.init(4);
    twill::Barrier<1>{shared + O_scaled_tensor_m1_full_AT}.init(4);
    twill::Barrier<1>{shared + O_m0_full_AT}.init(1);
    twill::Barrier<1>{shared + O_m1_full_AT}.init(1);
    twill::Barrier<1>{shared + V_empty_AT}.init(2);
    twill::Barrier<1>{shared + K_empty_AT}.init(2);
    twill::Barrier<1>{shared + inputs_full_AT}.init(1);
    twill::Barrier<1>{shared + O_m0_done_AT}.init(1);
    twill::Barrier<1>{shared + O_m1_done_AT}.init(1);
    twill::barriers_initialised();
  }
  if (threadIdx.x / 32 == 0) twill::tensor_allocate<512>(shared + tensor_AT);
  twill::tensor_before();
  __syncthreads();
  twill::tensor_after();

  if (threadIdx.x < 128) {
    twill::give_registers<24>();
    role_load(p, shared);
  } else if (threadIdx.x < 256) {
    twill::take_registers<160>();
    role_role1(p, shared);
  } else if (threadIdx.x < 384) {
    twill::take_registers<160>();
    role_role2(p, shared);
  } else {
    twill::take_registers<160>();
    role_role3(p, shared);
  }
  __syncwarp();
  twill::tensor_before();
  __syncthreads();
  twill::tensor_after();
  if (threadIdx.x / 32 == 0) twill::tensor_free<512>(twill::tensor_address(shared + tensor_AT));
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
