// One block of the emitted gemm, with the given numbers of iterations, against a plain product.
#include "kernel.cu"

#include <random>

int main(int count, char** arguments) {
  constexpr int STEPS = 8, TILES = 2, BLOCK = TILES * TILES - 1;
  const int m = TILES * M, n = TILES * N, k = STEPS * K;
  std::vector<bf16> a(m * k), b(k * n);
  std::vector<Output> c(m * n);
  std::mt19937 random(1);
  for (bf16& x : a) x = to_bf16(int(random() % 17) / 8.0f - 1.0f);
  for (bf16& x : b) x = to_bf16(int(random() % 17) / 8.0f - 1.0f);
  for (int i = 1; i < count; ++i) {
    const int trips = std::atoi(arguments[i]);
    c.assign(m * n, to_bf16(NAN));
    const Parameters p = {a.data(), b.data(), c.data(), k, n, n, TILES, TILES, trips};
    twill::run_block(THREADS, BLOCK, [&] { gemm(p); });
    for (int row = 0; row < m; ++row)
      for (int column = 0; column < n; ++column) {
        float sum = 0.0f;  // exact: few bits in every product
        for (int j = 0; j < trips * K; ++j)
          sum += to_float(a[row * k + j]) * to_float(b[j * n + column]);
        const Output found = c[row * n + column];
        const bool mine = row >= M && column >= N;
        require(mine ? found.bits == to_bf16(sum).bits : std::isnan(to_float(found)), "wrong value");
      }
    std::printf("%d iterations: right\n", trips);
  }
}
