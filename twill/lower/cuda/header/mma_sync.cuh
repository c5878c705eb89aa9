// ---- Tiles for mma.sync: panels in shared memory, accumulators in registers --------------------
//
// A tile of 2-byte elements in shared memory lies in panels of 64 columns, 128 bytes a row:
// column c of row r is in panel c / 64, and its 16-byte chunk c / 8 % 8 at place
// (c / 8 % 8) ^ (r % 8) of the row. Eight threads that read or write the same chunk of eight
// consecutive rows, or one row's eight chunks, so touch all 32 banks once. (It is the layout
// that TMA calls SWIZZLE_128B.) Tiles begin at multiples of 1024 bytes.

namespace twill {

// Start copying a tile, whose first element `global` points at and whose rows are `stride`
// elements apart, into the panels at `shared`. All THREADS threads take part.
template <int ROWS, int COLUMNS, int THREADS>
__device__ __forceinline__ void copy_tile_async(uint32_t shared, const bf16* global,
                                                int64_t stride, int thread) {
  constexpr int STEP = THREADS / 8;  // rows of a panel that the threads copy at once
  static_assert(COLUMNS % 64 == 0 && THREADS % 64 == 0 && ROWS % STEP == 0);
  const int row = thread / 8, chunk = thread % 8;
  const bf16* from = global + row * stride + chunk * 8;
  const uint32_t to = shared + row * 128 + (chunk ^ (row % 8)) * 16;
#pragma unroll
  for (int i = 0; i < ROWS; i += STEP)
#pragma unroll
    for (int panel = 0; panel < COLUMNS / 64; ++panel)
      copy_async_16(to + (panel * ROWS + i) * 128, from + i * stride + panel * 64);
}

// d += a b: a [M, K] and b [K, N] row by row in panels in shared memory, d in registers.
template <int M, int N, int K, int WARPS_M, int WARPS_N>
__device__ __forceinline__ void mma_tile(float (&d)[WarpTile<M, N, WARPS_M, WARPS_N>::REGISTERS],
                                         uint32_t a, uint32_t b, int thread) {
  using Tile = WarpTile<M, N, WARPS_M, WARPS_N>;
  static_assert(K % 64 == 0 && N % 64 == 0);
  constexpr int ROWS16 = Tile::ROWS / 16, COLUMNS16 = Tile::COLUMNS / 16;
  const Tile tile(thread);
  const int lane = thread % 32, row = lane % 16, half = lane / 16;
  const uint32_t swizzled = ((half ^ (row % 8)) * 16);
  const uint32_t a0 = a + (tile.row + row) * 128 + swizzled;
#pragma unroll
  for (int k = 0; k < K / 16; ++k) {
    uint32_t fa[ROWS16][4];
#pragma unroll
    for (int i = 0; i < ROWS16; ++i)
      load_matrices(fa[i], (a0 ^ (k % 4 * 32)) + (k / 4 * M + i * 16) * 128);
#pragma unroll
    for (int j = 0; j < COLUMNS16; ++j) {
      const int column = tile.column + j * 16;
      uint32_t fb[4];
      load_matrices_transposed(fb, b + (column / 64 * K + k * 16 + row) * 128 +
                                       (swizzled ^ (column % 64 * 2)));
#pragma unroll
      for (int i = 0; i < ROWS16; ++i) {
        mma_16x8x16(d + (i * COLUMNS16 + j) * 8, fa[i], fb[0], fb[1]);
        mma_16x8x16(d + (i * COLUMNS16 + j) * 8 + 4, fa[i], fb[2], fb[3]);
      }
    }
  }
}

}  // namespace twill
