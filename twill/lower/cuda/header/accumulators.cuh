// ---- Accumulators in the registers of warps (wgmma, mma.sync) ------------------------------------

namespace twill {

// How the warps of a role share a tile of M rows and N columns: WARPS_M down and WARPS_N across.
// Piece (i, j) of a warp has 16 rows and 8 columns. Thread l holds of it, from
// d[(i * (COLUMNS / 8) + j) * 4] on, columns 2 (l % 4) and the next of row l / 4, then of row
// l / 4 + 8. (PTX: fragment of mma.m16n8k16; that of wgmma.m64nNk16 is the same with a warp for
// every 16 rows.)
template <int M, int N, int WARPS_M, int WARPS_N>
struct WarpTile {
  static constexpr int ROWS = M / WARPS_M, COLUMNS = N / WARPS_N;
  static constexpr int REGISTERS = ROWS * COLUMNS / 32;
  static_assert(ROWS % 16 == 0 && COLUMNS % 16 == 0 && M % WARPS_M == 0 && N % WARPS_N == 0);
  int row, column;    // of the warp's first element
  __device__ explicit WarpTile(int thread)
      : row(thread / 32 / WARPS_N * ROWS), column(thread / 32 % WARPS_N * COLUMNS) {}
};

// Two numbers beside each other in memory, rounded to its type.
__device__ __forceinline__ void store_pair(float* to, float x, float y) {
  *reinterpret_cast<float2*>(to) = make_float2(x, y);
}
__device__ __forceinline__ void store_pair(bf16* to, float x, float y) {
  *reinterpret_cast<__nv_bfloat162*>(to) = __floats2bfloat162_rn(x, y);
}

// Store a tile that mma_tile has computed; `global` points at its first element.
template <int M, int N, int WARPS_M, int WARPS_N, typename T>
__device__ __forceinline__ void store_tile(
    const float (&d)[WarpTile<M, N, WARPS_M, WARPS_N>::REGISTERS], T* global, int64_t stride,
    int thread) {
  using Tile = WarpTile<M, N, WARPS_M, WARPS_N>;
  const Tile tile(thread);
  const int lane = thread % 32;
  T* to = global + (tile.row + lane / 4) * stride + tile.column + lane % 4 * 2;
#pragma unroll
  for (int i = 0; i < Tile::ROWS / 16; ++i)
#pragma unroll
    for (int j = 0; j < Tile::COLUMNS / 8; ++j) {
      const float* piece = d + (i * (Tile::COLUMNS / 8) + j) * 4;
      store_pair(to + i * 16 * stride + j * 8, piece[0], piece[1]);
      store_pair(to + (i * 16 + 8) * stride + j * 8, piece[2], piece[3]);
    }
}

}  // namespace twill
