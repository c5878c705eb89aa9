// What kernels take from CUDA, on a CPU: a thread of the block is a thread of the process.
#pragma once
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <thread>
#include <tuple>
#include <vector>

#define __device__
#define __host__
#define __global__
#define __shared__
#define __constant__
#define __forceinline__ inline
#define __noinline__
#define __grid_constant__
#define __launch_bounds__(...)
#define __maxnreg__(...)
#define __align__(bytes) __attribute__((aligned(bytes)))

[[noreturn]] inline void fail(const char* what) {
  std::fprintf(stderr, "%s\n", what);
  std::fflush(stderr);
  std::_Exit(1);
}
inline void require(bool holds, const char* what) {
  if (!holds) fail(what);
}

// Memory begins at multiples of 256 bytes, as cudaMalloc gives it.
void* operator new(size_t bytes) {
  void* memory = std::aligned_alloc(256, (bytes + 255) / 256 * 256);
  require(memory != nullptr, "out of memory");
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

struct __nv_bfloat16 {
  uint16_t bits;
  explicit operator float() const;
};
inline float to_float(__nv_bfloat16 x) {
  const uint32_t bits = uint32_t(x.bits) << 16;
  float f;
  std::memcpy(&f, &bits, 4);
  return f;
}
inline __nv_bfloat16::operator float() const { return to_float(*this); }
inline __nv_bfloat16 to_bf16(float f) {  // to the nearest, ties to even
  uint32_t bits;
  std::memcpy(&bits, &f, 4);
  if (std::isnan(f)) return {0x7fff};
  return {uint16_t((bits + 0x7fff + (bits >> 16 & 1)) >> 16)};
}
inline float half_of(uint32_t pair, int which) { return to_float({uint16_t(pair >> 16 * which)}); }
inline uint32_t pair_of(__nv_bfloat16 low, __nv_bfloat16 high) {
  return low.bits | uint32_t(high.bits) << 16;
}
struct __nv_bfloat162 {
  __nv_bfloat16 x, y;
};
inline __nv_bfloat162 __floats2bfloat162_rn(float x, float y) { return {to_bf16(x), to_bf16(y)}; }

struct int2 { int x, y; };
struct float2 { float x, y; };
struct float4 { float x, y, z, w; };
struct uint4 { uint32_t x, y, z, w; };
inline int2 make_int2(int x, int y) { return {x, y}; }
inline float2 make_float2(float x, float y) { return {x, y}; }
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
inline uint4 make_uint4(uint32_t x, uint32_t y, uint32_t z, uint32_t w) { return {x, y, z, w}; }
inline int min(int a, int b) { return a < b ? a : b; }
inline int max(int a, int b) { return a > b ? a : b; }

struct Index { unsigned x, y, z; };
inline thread_local Index threadIdx, blockIdx;
inline Index blockDim, gridDim;

constexpr int SHARED_MEMORY = 227 * 1024, MOST_WARPS = 32;
alignas(1024) inline unsigned char memory[SHARED_MEMORY];
inline uint32_t __cvta_generic_to_shared(const void* pointer) {
  return uint32_t(static_cast<const unsigned char*>(pointer) - memory);
}

inline void* __cvta_shared_to_generic(size_t address) { return memory + address; }

constexpr auto PATIENCE = std::chrono::seconds(PATIENCE_SECONDS);

// A place where `count` threads meet, again and again.
class Meeting {
  std::mutex mutex;
  std::condition_variable changed;
  int waiting = 0;
  uint64_t times = 0;

 public:
  void meet(int count) {
    std::unique_lock lock(mutex);
    const uint64_t before = times;
    if (++waiting == count) {
      waiting = 0, ++times;
      changed.notify_all();
    } else {
      const bool met = changed.wait_for(lock, PATIENCE, [&] { return times != before; });
      require(met, "hang: some threads never come to a barrier");
    }
  }
};

// What the lanes of a warp show each other in one instruction.
struct Warp {
  Meeting meeting;
  uint32_t shown[32][6];
};
inline Warp warps[MOST_WARPS];
inline Warp& own_warp() { return warps[threadIdx.x / 32]; }
inline Meeting named_barriers[16];

inline void __syncwarp(unsigned = 0xffffffff) { own_warp().meeting.meet(32); }
inline void __syncthreads() { named_barriers[0].meet(blockDim.x); }
template <typename T>
T __shfl_sync(unsigned, T value, int from) {
  static_assert(sizeof(T) == 4);
  Warp& warp = own_warp();
  std::memcpy(&warp.shown[threadIdx.x % 32][0], &value, 4);
  warp.meeting.meet(32);
  T other;
  std::memcpy(&other, &warp.shown[from][0], 4);
  warp.meeting.meet(32);
  return other;
}
template <typename T>
T __shfl_xor_sync(unsigned all, T value, int mask) {
  return __shfl_sync(all, value, int(threadIdx.x % 32) ^ mask);
}
using std::fmaxf;
inline float __log2f(float x) { return std::log2(x); }
inline float __frcp_rn(float x) { return 1.0f / x; }
[[noreturn]] inline void __trap() { fail("trap"); }

// A matrix for TMA: rows `stride` elements apart, copied in boxes.
struct CUtensorMap {
  const __nv_bfloat16* matrix;
  int64_t rows, columns, stride;
  int box_rows, box_columns;
};

// Run one block of a kernel with all its threads.
template <typename Kernel>
void run_block(int threads, int block, Kernel kernel) {
  std::memset(memory, 0xff, sizeof memory);  // not numbers
  blockDim = {unsigned(threads), 1, 1};
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i)
    running.emplace_back([=] {
      threadIdx = {unsigned(i), 0, 0};
      blockIdx = {unsigned(block), 0, 0};
      kernel();
    });
  for (std::thread& thread : running) thread.join();
}

// The same for a kernel whose threads never meet, one after the other: thousands cost nothing.
template <typename Kernel>
void run_apart(int threads, int block, Kernel kernel) {
  blockDim = {unsigned(threads), 1, 1};
  blockIdx = {unsigned(block), 0, 0};
  for (unsigned i = 0; i < unsigned(threads); ++i) threadIdx = {i, 0, 0}, kernel();
}

#include "ptx.h"
