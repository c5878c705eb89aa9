// The primitives of kernels for sm_80 on a CPU, in place of those with inline PTX.
//
// A thread of the block is a thread of the process. Instructions of a warp exchange their
// operands through it, with the fragment layouts of the PTX ISA (9.7.14, mma.m16n8k16 and
// ldmatrix). A cp.async spoils its destination when it is issued and copies when its group is
// waited for, so that a slot filled too early or read too early is seen in the result.
#pragma once
#include <barrier>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

#define __device__
#define __host__
#define __global__
#define __shared__
#define __forceinline__ inline
#define __grid_constant__
#define __launch_bounds__(...)
#define __maxnreg__(...)
#define __align__(bytes) __attribute__((aligned(bytes)))
#define TWILL_BLOCK_STARTS(block)
#define TWILL_BLOCK_ENDS(block)

struct bf16 {
  uint16_t bits;
};
inline float to_float(bf16 x) {
  const uint32_t bits = uint32_t(x.bits) << 16;
  float f;
  std::memcpy(&f, &bits, 4);
  return f;
}
inline bf16 to_bf16(float f) {  // to the nearest, ties to even
  uint32_t bits;
  std::memcpy(&bits, &f, 4);
  if (std::isnan(f)) return {0x7fff};
  return {uint16_t((bits + 0x7fff + (bits >> 16 & 1)) >> 16)};
}

struct int2 { int x, y; };
inline int2 make_int2(int x, int y) { return {x, y}; }
struct float2 { float x, y; };
inline float2 make_float2(float x, float y) { return {x, y}; }
struct __nv_bfloat162 { bf16 x, y; };
inline __nv_bfloat162 __floats2bfloat162_rn(float x, float y) { return {to_bf16(x), to_bf16(y)}; }
inline int min(int a, int b) { return a < b ? a : b; }

struct Index { unsigned x, y, z; };
inline thread_local Index threadIdx, blockIdx;

inline void require(bool holds, const char* what) {
  if (!holds) {
    std::fprintf(stderr, "%s\n", what);
    std::abort();
  }
}

constexpr int SHARED_BYTES = 227 * 1024, MOST_WARPS = 32;
alignas(1024) unsigned char memory[SHARED_BYTES];

// What the lanes of a warp show each other in one instruction.
struct Warp {
  std::barrier<> meeting{32};
  uint32_t shown[32][6];
};
inline Warp warps[MOST_WARPS];
inline std::unique_ptr<std::barrier<>> block_barrier;

namespace twill {

inline uint32_t shared_address(const void* pointer) {
  return uint32_t(static_cast<const unsigned char*>(pointer) - memory);
}

template <int SLOTS, int BYTES>
uint32_t slot(uint32_t ring, int i) {
  return ring + unsigned(i) % SLOTS * BYTES;
}

template <int ID, int THREADS>
void sync_role() {
  block_barrier->arrive_and_wait();
}

struct Copy { uint32_t to; const void* from; };
inline thread_local std::vector<std::vector<Copy>> groups(1);

inline void copy_async_16(uint32_t shared, const void* global) {
  require(shared % 16 == 0 && uintptr_t(global) % 16 == 0, "cp.async: address not aligned");
  require(shared + 16 <= SHARED_BYTES, "cp.async: beyond shared memory");
  std::memset(memory + shared, 0xff, 16);  // not a number
  groups.back().push_back({shared, global});
}
inline void copy_async_commit() { groups.emplace_back(); }
template <int PENDING>
void copy_async_wait() {
  while (int(groups.size()) - 1 > PENDING) {
    for (const Copy& copy : groups.front()) std::memcpy(memory + copy.to, copy.from, 16);
    groups.erase(groups.begin());
  }
}

inline Warp& own_warp() { return warps[threadIdx.x / 32]; }

// Rows of eight elements, whose addresses the lanes give; each must be on banks of its own.
inline void gather_rows(uint32_t shared, const bf16* (&rows)[4][8]) {
  Warp& warp = own_warp();
  warp.shown[threadIdx.x % 32][0] = shared;
  warp.meeting.arrive_and_wait();
  for (int matrix = 0; matrix < 4; ++matrix) {
    unsigned banks = 0;
    for (int row = 0; row < 8; ++row) {
      const uint32_t address = warp.shown[matrix * 8 + row][0];
      require(address % 16 == 0 && address + 16 <= SHARED_BYTES, "ldmatrix: bad address");
      banks |= 1u << (address / 16 % 8);
      rows[matrix][row] = reinterpret_cast<const bf16*>(memory + address);
    }
    require(banks == 0xff, "ldmatrix: bank conflict");
  }
}

inline uint32_t pair(bf16 low, bf16 high) { return low.bits | uint32_t(high.bits) << 16; }

inline void load_matrices(uint32_t (&to)[4], uint32_t shared) {
  const bf16* rows[4][8];
  gather_rows(shared, rows);
  const int lane = threadIdx.x % 32;
  for (int m = 0; m < 4; ++m) {
    const bf16* row = rows[m][lane / 4] + 2 * (lane % 4);
    to[m] = pair(row[0], row[1]);
  }
  own_warp().meeting.arrive_and_wait();
}

inline void load_matrices_transposed(uint32_t (&to)[4], uint32_t shared) {
  const bf16* rows[4][8];
  gather_rows(shared, rows);
  const int lane = threadIdx.x % 32, row = 2 * (lane % 4), column = lane / 4;
  for (int m = 0; m < 4; ++m) to[m] = pair(rows[m][row][column], rows[m][row + 1][column]);
  own_warp().meeting.arrive_and_wait();
}

inline float half_of(uint32_t pair, int which) { return to_float({uint16_t(pair >> 16 * which)}); }

// PTX ISA, fragments of mma.m16n8k16: element (row, k) of a is in register (k / 8) * 2 + row / 8
// of lane (row % 8) * 4 + k % 8 / 2; element (k, column) of b in register k / 8 of lane
// column * 4 + k % 8 / 2; both in the half k % 2.
inline void mma_16x8x16(float* d, const uint32_t (&a)[4], uint32_t b0, uint32_t b1) {
  Warp& warp = own_warp();
  const int lane = threadIdx.x % 32;
  const uint32_t mine[6] = {a[0], a[1], a[2], a[3], b0, b1};
  std::memcpy(warp.shown[lane], mine, sizeof mine);
  warp.meeting.arrive_and_wait();
  for (int e = 0; e < 4; ++e) {
    const int row = lane / 4 + e / 2 * 8, column = lane % 4 * 2 + e % 2;
    for (int k = 0; k < 16; ++k)
      d[e] += half_of(warp.shown[row % 8 * 4 + k % 8 / 2][k / 8 * 2 + row / 8], k % 2) *
              half_of(warp.shown[column * 4 + k % 8 / 2][4 + k / 8], k % 2);
  }
  warp.meeting.arrive_and_wait();
}

// Run one block of a kernel with all its threads.
template <typename Kernel>
void run_block(int threads, int block, Kernel kernel) {
  std::memset(memory, 0xff, sizeof memory);
  block_barrier = std::make_unique<std::barrier<>>(threads);
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i)
    running.emplace_back([=] {
      threadIdx = {unsigned(i), 0, 0};
      blockIdx = {unsigned(block), 0, 0};
      kernel();
    });
  for (std::thread& thread : running) thread.join();
}

}  // namespace twill

#include "accumulators.cuh"
#include "mma_sync.cuh"
