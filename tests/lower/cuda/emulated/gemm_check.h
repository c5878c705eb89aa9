// One block of the emitted gemm, with the given numbers of iterations, against a plain product.
// The driver says how the kernel's parameters are filled.
#include <random>

struct Inputs {
  int m, n, k;
  std::vector<bf16> a, b;
};
Parameters parameters(const Inputs& in, Output* c, int trips);

inline void fill(std::vector<bf16>& values, std::mt19937& random) {
  for (bf16& x : values) x = to_bf16(int(random() % 17) / 8.0f - 1.0f);
}

inline void check(const Inputs& in, int trips) {
  std::vector<Output> c(in.m * in.n, to_bf16(NAN));
  const Parameters p = parameters(in, c.data(), trips);
  run_block(THREADS, p.tiles_m * p.tiles_n - 1, [&] { gemm(p); });
  for (int row = 0; row < in.m; ++row)
    for (int column = 0; column < in.n; ++column) {
      float sum = 0.0f;  // exact: few bits in every product
      for (int j = 0; j < trips * K; ++j)
        sum += to_float(in.a[row * in.k + j]) * to_float(in.b[j * in.n + column]);
      const Output found = c[row * in.n + column];
      const bool mine = row >= in.m - M && column >= in.n - N;
      require(mine ? found.bits == to_bf16(sum).bits : std::isnan(to_float(found)), "wrong value");
    }
  std::printf("%d iterations: right\n", trips);
}

int main(int count, char** arguments) {
  constexpr int STEPS = 8, TILES = 2;
  Inputs in = {TILES * M, TILES * N, STEPS * K};
  in.a.resize(in.m * in.k), in.b.resize(in.k * in.n);
  std::mt19937 random(1);
  fill(in.a, random), fill(in.b, random);
  for (int i = 1; i < count; ++i) check(in, std::atoi(arguments[i]));
}
