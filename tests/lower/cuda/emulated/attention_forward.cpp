// One block of the emitted forward attention, with the given numbers of key tiles, against a plain
// softmax. P and O are rounded to bf16 on the way, hence the tolerance.
#include "kernel.cu"

struct Inputs {
  int heads, queries, keys;
  std::vector<bf16> q, k, v;
};

inline std::vector<bf16> random_values(size_t count, std::mt19937& random) {
  std::vector<bf16> values(count);
  for (bf16& x : values) x = to_bf16(int(random() % 2001) / 1000.0f - 1.0f);
  return values;
}

// One row of the result over the first `used` keys of its head, and the logarithm of its sum.
inline std::vector<float> expected(const Inputs& in, int row, int used, float scale, float& lse) {
  const bf16* q = &in.q[row * D];
  const int first = row / in.queries * in.keys;
  std::vector<float> weight(used), out(D, 0.0f);
  float most = -INFINITY, sum = 0.0f;
  for (int j = 0; j < used; ++j) {
    for (int d = 0; d < D; ++d) weight[j] += to_float(q[d]) * to_float(in.k[(first + j) * D + d]);
    most = std::fmax(most, weight[j] *= scale);
  }
  for (float& w : weight) sum += w = std::exp2(w - most);
  for (int j = 0; j < used; ++j)
    for (int d = 0; d < D; ++d) out[d] += weight[j] / sum * to_float(in.v[(first + j) * D + d]);
  lse = most + std::log2(sum);
  return out;
}

inline void check(const Inputs& in, int trips) {
  const int rows = in.heads * in.queries, block = rows / M - 1;
  std::vector<bf16> o(rows * D, to_bf16(NAN));
  std::vector<float> lse(rows, NAN);
  Parameters p = {};
  p.Q = {in.q.data(), rows, D, D, M, D};
  p.K = {in.k.data(), in.heads * in.keys, D, D, N, D};
  p.V = {in.v.data(), in.heads * in.keys, D, D, N, D};
  p.O = o.data(), p.lse = lse.data();
  p.queries = in.queries, p.keys = in.keys, p.trips = trips;
  p.scale = 1.44269504f / std::sqrt(float(D));
  run_block(THREADS, block, [&] { flash_attention_forward(p); });
  float worst = 0.0f;
  for (int row = 0; row < rows; ++row) {
    float sum = 0.0f;
    const bool mine = row >= block * M;
    const std::vector<float> wanted =
        mine && trips > 0 ? expected(in, row, trips * N, p.scale, sum) : std::vector<float>(D);
    for (int d = 0; d < D; ++d) {
      const float found = to_float(o[row * D + d]);
      require(mine != std::isnan(found), mine ? "not a number" : "another block's rows written");
      if (mine) worst = std::fmax(worst, std::fabs(found - wanted[d]));
    }
    if (mine && trips > 0) require(std::fabs(lse[row] - sum) < 1e-2f, "wrong logarithm of the sum");
  }
  require(worst < 4e-3f, "wrong value");
  std::printf("%d iterations: right\n", trips);
}

int main(int count, char** arguments) {
  constexpr int STEPS = 5;
  std::mt19937 random(1);
  Inputs in = {2, 2 * M, STEPS * N};
  in.q = random_values(in.heads * in.queries * D, random);
  in.k = random_values(in.heads * in.keys * D, random);
  in.v = random_values(in.heads * in.keys * D, random);
  for (int i = 1; i < count; ++i) check(in, std::atoi(arguments[i]));
}
