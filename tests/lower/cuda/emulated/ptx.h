// Instructions as the PTX ISA describes them. What is asynchronous comes as late as it may, and
// spoils its destination when it is issued: a wait that is missing is seen in the result.
#pragma once

namespace ptx {

inline void barrier_sync_aligned(int id, int threads) { named_barriers[id].meet(threads); }
inline void ex2_approx_ftz_f32(float& y, float x) { y = std::exp2(x); }
inline void cvt_rn_bf16x2_f32(uint32_t& pair, float high, float low) {
  pair = pair_of(to_bf16(low), to_bf16(high));
}

// ---- cp.async: copies of 16 bytes in groups of a thread

struct Copy {
  uint32_t to;
  const void* from;
};
inline thread_local std::vector<std::vector<Copy>> copy_groups(1);

inline void cp_async_cg_shared_global(uint32_t shared, const void* global) {
  require(shared % 16 == 0 && uintptr_t(global) % 16 == 0, "cp.async: address not aligned");
  require(shared + 16 <= SHARED_MEMORY, "cp.async: beyond shared memory");
  std::memset(memory + shared, 0xff, 16);
  copy_groups.back().push_back({shared, global});
}
inline void cp_async_commit_group() { copy_groups.emplace_back(); }
inline void cp_async_wait_group(int pending) {
  while (int(copy_groups.size()) - 1 > pending) {
    for (const Copy& copy : copy_groups.front()) std::memcpy(memory + copy.to, copy.from, 16);
    copy_groups.erase(copy_groups.begin());
  }
}

// ---- ldmatrix: lanes 8 j .. 8 j + 7 give the rows of matrix j, each on banks of its own

using Rows = const __nv_bfloat16* [4][8];

inline void gather_rows(uint32_t shared, Rows& rows) {
  Warp& warp = own_warp();
  warp.shown[threadIdx.x % 32][0] = shared;
  warp.meeting.meet(32);
  for (int matrix = 0; matrix < 4; ++matrix) {
    unsigned banks = 0;
    for (int row = 0; row < 8; ++row) {
      const uint32_t address = warp.shown[matrix * 8 + row][0];
      require(address % 16 == 0 && address + 16 <= SHARED_MEMORY, "ldmatrix: bad address");
      banks |= 1u << (address / 16 % 8);
      rows[matrix][row] = reinterpret_cast<const __nv_bfloat16*>(memory + address);
    }
    require(banks == 0xff, "ldmatrix: bank conflict");
  }
}

// Lane l: elements 2 (l % 4) and the next of row l / 4.
inline void ldmatrix_sync_aligned_m8n8_x4_shared_b16(uint32_t& r0, uint32_t& r1, uint32_t& r2,
                                                     uint32_t& r3, uint32_t shared) {
  Rows rows;
  gather_rows(shared, rows);
  const int lane = threadIdx.x % 32;
  uint32_t* const to[4] = {&r0, &r1, &r2, &r3};
  for (int m = 0; m < 4; ++m) {
    const __nv_bfloat16* row = rows[m][lane / 4] + 2 * (lane % 4);
    *to[m] = pair_of(row[0], row[1]);
  }
  own_warp().meeting.meet(32);
}

// .trans, lane l: rows 2 (l % 4) and the next of column l / 4.
inline void ldmatrix_sync_aligned_m8n8_x4_trans_shared_b16(uint32_t& r0, uint32_t& r1,
                                                           uint32_t& r2, uint32_t& r3,
                                                           uint32_t shared) {
  Rows rows;
  gather_rows(shared, rows);
  const int lane = threadIdx.x % 32, row = 2 * (lane % 4), column = lane / 4;
  uint32_t* const to[4] = {&r0, &r1, &r2, &r3};
  for (int m = 0; m < 4; ++m) *to[m] = pair_of(rows[m][row][column], rows[m][row + 1][column]);
  own_warp().meeting.meet(32);
}

// mma.m16n8k16: element (row, k) of a is in register (k / 8) * 2 + row / 8 of lane
// (row % 8) * 4 + k % 8 / 2; element (k, column) of b in register k / 8 of lane
// column * 4 + k % 8 / 2; both in the half k % 2.
inline void mma_sync_aligned_m16n8k16_row_col_f32_bf16_bf16_f32(
    float& d0, float& d1, float& d2, float& d3, uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3,
    uint32_t b0, uint32_t b1) {
  Warp& warp = own_warp();
  const int lane = threadIdx.x % 32;
  const uint32_t mine[6] = {a0, a1, a2, a3, b0, b1};
  std::memcpy(warp.shown[lane], mine, sizeof mine);
  warp.meeting.meet(32);
  float* const d[4] = {&d0, &d1, &d2, &d3};
  for (int e = 0; e < 4; ++e) {
    const int row = lane / 4 + e / 2 * 8, column = lane % 4 * 2 + e % 2;
    for (int k = 0; k < 16; ++k)
      *d[e] += half_of(warp.shown[row % 8 * 4 + k % 8 / 2][k / 8 * 2 + row / 8], k % 2) *
               half_of(warp.shown[column * 4 + k % 8 / 2][4 + k / 8], k % 2);
  }
  warp.meeting.meet(32);
}

}  // namespace ptx

#include "ptx_sm90.h"
#include "ptx_sm100.h"
