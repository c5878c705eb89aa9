#include "kernel.cu"
#include "gemm_check.h"
Parameters parameters(const Inputs& in, Output* c, int trips) {
  Parameters p = {};
  p.A = {in.a.data(), in.m, in.k, in.k, M, K};
  p.B = {in.b.data(), in.k, in.n, in.n, K, N};
  p.C = c, p.stride_C = in.n, p.tiles_m = in.m / M, p.tiles_n = in.n / N, p.trips = trips;
  return p;
}
