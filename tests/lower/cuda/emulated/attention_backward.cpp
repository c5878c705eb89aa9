// One block of the emitted backward attention, with the given numbers of query tiles, and the kernels
// in front of it and behind it, against sums in double precision. P and dS are rounded to bf16 on the
// way, hence the tolerance.
#include "kernel.cu"

constexpr int HEADS = 2, STEPS = 5, QUERIES = STEPS * M, KEYS = 2 * N;
constexpr int ROWS = HEADS * QUERIES, BLOCK = HEADS * KEYS / N - 1, FIRST = BLOCK * N;
constexpr int HEAD = FIRST / KEYS;

struct Inputs {
  std::vector<bf16> q, k, v, o, d_o;
  std::vector<float> logarithm, lse, delta;
  float scale = 1.44269504f / std::sqrt(float(D));
};

inline std::vector<bf16> random_values(size_t count, std::mt19937& random) {
  std::vector<bf16> values(count);
  for (bf16& x : values) x = to_bf16(int(random() % 2001) / 1000.0f - 1.0f);
  return values;
}

inline double dot(const bf16* x, const bf16* y) {
  double sum = 0.0;
  for (int d = 0; d < D; ++d) sum += to_float(x[d]) * to_float(y[d]);
  return sum;
}

// Whether `found` (rows of D) is what was wanted, up to rounding of the largest.
inline void compare(const std::vector<double>& wanted, const bf16* found, const char* what) {
  double worst = 0.0, most = 1e-3;
  for (size_t i = 0; i < wanted.size(); ++i) {
    const float x = to_float(found[i]);
    require(!std::isnan(x), "not a number");
    worst = std::fmax(worst, std::fabs(x - wanted[i])), most = std::fmax(most, std::fabs(wanted[i]));
  }
  require(worst <= most * 0x1p-6, what);
}

// The kernel in front, which knows nothing of iterations.
inline void run_prepare(Inputs& in) {
  in.lse.resize(ROWS), in.delta.resize(ROWS);
  for (int b = 0; b < ROWS / 4; ++b)
    run_block(128, b, [&] {
      prepare(in.o.data(), in.d_o.data(), in.logarithm.data(), in.lse.data(), in.delta.data(), ROWS,
              in.scale);
    });
}

inline void check(const Inputs& in, int trips) {
  std::vector<float> sum(ROWS * D, 0.0f);
  std::vector<bf16> dq(ROWS * D), dk(HEADS * KEYS * D, to_bf16(NAN)), dv = dk;
  Parameters p = {};
  p.Q = {in.q.data(), ROWS, D, D, M, D}, p.dO = {in.d_o.data(), ROWS, D, D, M, D};
  p.K = {in.k.data(), HEADS * KEYS, D, D, N, D}, p.V = {in.v.data(), HEADS * KEYS, D, D, N, D};
  p.lse = in.lse.data(), p.delta = in.delta.data(), p.dQ_sum = sum.data();
  p.dK = dk.data(), p.dV = dv.data();
  p.queries = QUERIES, p.keys = KEYS, p.trips = trips, p.scale = in.scale;
  run_block(THREADS, BLOCK, [&] { flash_attention_backward(p); });
  for (int b = 0; b < ROWS * D / 2048; ++b)
    run_apart(1024, b, [&] { finish(sum.data(), dq.data(), ROWS, in.scale); });

  std::vector<double> wanted_q(ROWS * D), wanted_k(N * D), wanted_v(N * D);
  const double s = in.scale * 0.6931471805599453;
  for (int row = HEAD * QUERIES; row < HEAD * QUERIES + trips * M; ++row)
    for (int j = 0; j < N; ++j) {
      const bf16 *q = &in.q[row * D], *d_o = &in.d_o[row * D], *k = &in.k[(FIRST + j) * D];
      const double weight = std::exp2(dot(q, k) * in.scale - in.logarithm[row]);
      const double ds =
          weight * (dot(d_o, &in.v[(FIRST + j) * D]) - dot(d_o, &in.o[row * D])) * s;
      for (int d = 0; d < D; ++d) {
        wanted_q[row * D + d] += ds * to_float(k[d]);
        wanted_k[j * D + d] += ds * to_float(q[d]);
        wanted_v[j * D + d] += weight * to_float(d_o[d]);
      }
    }
  compare(wanted_q, dq.data(), "wrong value of dQ");
  compare(wanted_k, &dk[FIRST * D], "wrong value of dK");
  compare(wanted_v, &dv[FIRST * D], "wrong value of dV");
  for (int i = 0; i < FIRST * D; ++i)
    require(std::isnan(to_float(dk[i])) && std::isnan(to_float(dv[i])), "another block's rows written");
  std::printf("%d iterations: right\n", trips);
}

int main(int count, char** arguments) {
  std::mt19937 random(1);
  Inputs in;
  in.q = random_values(ROWS * D, random), in.d_o = random_values(ROWS * D, random);
  in.k = random_values(HEADS * KEYS * D, random), in.v = random_values(HEADS * KEYS * D, random);
  for (int row = 0; row < ROWS; ++row) {
    std::vector<double> out(D);
    double sum = 0.0;
    for (int j = row / QUERIES * KEYS; j < (row / QUERIES + 1) * KEYS; ++j) {
      const double weight = std::exp2(dot(&in.q[row * D], &in.k[j * D]) * in.scale);
      sum += weight;
      for (int d = 0; d < D; ++d) out[d] += weight * to_float(in.v[j * D + d]);
    }
    for (int d = 0; d < D; ++d) in.o.push_back(to_bf16(out[d] / sum));
    in.logarithm.push_back(std::log2(sum));
  }
  run_prepare(in);
  for (int i = 1; i < count; ++i) check(in, std::atoi(arguments[i]));
}
