// Instructions of sm_100: tensor memory, tcgen05, two floats at once.
#pragma once
#include <deque>
#include <map>

inline uint32_t __float_as_uint(float x) {
  uint32_t bits;
  std::memcpy(&bits, &x, 4);
  return bits;
}

namespace ptx {

inline void fma_rn_f32x2(float& x, float& y, float a0, float a1, float b0, float b1, float c0,
                         float c1) {
  x = std::fma(a0, b0, c0), y = std::fma(a1, b1, c1);
}
inline void add_rn_f32x2(float& x, float& y, float a0, float a1, float b0, float b1) {
  x = a0 + b0, y = a1 + b1;
}
inline void mul_rn_f32x2(float& x, float& y, float a0, float a1, float b0, float b1) {
  x = a0 * b0, y = a1 * b1;
}
inline void max_f32(float& d, float a, float b, float c) { d = std::fmax(std::fmax(a, b), c); }
inline void ld_shared_u32(uint32_t& x, uint32_t address) { std::memcpy(&x, memory + address, 4); }
inline void ld_shared_f32(float& x, uint32_t address) { std::memcpy(&x, memory + address, 4); }
inline void st_shared_f32(uint32_t address, float x) { std::memcpy(memory + address, &x, 4); }
template <typename... T>
void st_global_v8_b32(void* to, T... words) {
  static_assert(sizeof...(T) == 8);
  require(uintptr_t(to) % 32 == 0, "st.global.v8: address not aligned");
  const uint32_t all[8] = {words...};
  std::memcpy(to, all, sizeof all);
}

// ---- Tensor memory: 128 lanes of 512 columns

constexpr int LANES = 128, COLUMNS = 512;
inline uint32_t tensor[LANES][COLUMNS];
inline std::atomic<uint32_t> first_column, columns, under_way;

inline void check_columns(uint32_t first, uint32_t count) {
  require(first >= first_column && first + count <= first_column + columns,
          "tensor memory: columns that are not allocated");
}

// As far to the right as possible, so that an address that is taken to be 0 is seen.
inline void tcgen05_alloc_cta_group_1_sync_aligned_shared_cta_b32(uint32_t to, int count) {
  own_warp().meeting.meet(32);
  if (threadIdx.x % 32 == 0) {
    require(columns == 0, "tensor memory: the block before has not freed its columns");
    std::memset(tensor, 0xff, sizeof tensor);  // not numbers
    columns = count, first_column = COLUMNS - count;
    const uint32_t address = first_column;
    std::memcpy(memory + to, &address, 4);
  }
  own_warp().meeting.meet(32);
}
inline void tcgen05_relinquish_alloc_permit_cta_group_1_sync_aligned() {}
inline void tcgen05_dealloc_cta_group_1_sync_aligned_b32(uint32_t address, int count) {
  own_warp().meeting.meet(32);
  if (threadIdx.x % 32 == 0) {
    require(address == first_column && uint32_t(count) == columns, "tensor memory: freed otherwise");
    require(under_way == 0, "tensor memory: freed with multiplies under way");
    columns = 0;
  }
  own_warp().meeting.meet(32);
}
inline void tcgen05_fence_before_thread_sync() {}
inline void tcgen05_fence_after_thread_sync() {}

// ---- Reads and writes of a thread's own row: they happen when they are waited for

inline thread_local std::vector<std::function<void()>> reads, writes;

inline uint32_t* own_row(uint32_t address, int count) {
  const uint32_t lanes = address >> 16;
  require(lanes == threadIdx.x / 32 % 4 * 32, "tensor memory: lanes of another warp");
  check_columns(address & 0xffff, count);
  return &tensor[lanes + threadIdx.x % 32][address & 0xffff];
}

template <typename... T>
void tcgen05_ld_sync_aligned_32x32b_x32_b32(T&&... arguments) {
  static_assert(sizeof...(T) == 33);
  auto operands = std::forward_as_tuple(arguments...);
  const uint32_t* row = own_row(std::get<32>(operands), 32);
  auto issue = [&](auto index) {
    auto* to = &std::get<index>(operands);
    std::memset(to, 0xff, 4);
    reads.push_back([=] { std::memcpy(to, row + index, 4); });
  };
  [&]<size_t... I>(std::index_sequence<I...>) {
    (issue(std::integral_constant<size_t, I>{}), ...);
  }(std::make_index_sequence<32>{});
}
inline void finish(std::vector<std::function<void()>>& accesses) {
  for (const auto& access : accesses) access();
  accesses.clear();
}
inline void tcgen05_wait_ld_sync_aligned() { finish(reads); }

template <int COUNT, typename... T>
void store_columns(uint32_t address, T... words) {
  static_assert(sizeof...(T) == COUNT);
  const std::vector<uint32_t> values = {words...};
  uint32_t* row = own_row(address, COUNT);
  std::memset(row, 0xff, COUNT * 4);
  writes.push_back([=] { std::memcpy(row, values.data(), COUNT * 4); });
}
template <typename... T>
void tcgen05_st_sync_aligned_32x32b_x32_b32(uint32_t address, T... words) {
  store_columns<32>(address, words...);
}
template <typename... T>
void tcgen05_st_sync_aligned_32x32b_x8_b32(uint32_t address, T... words) {
  store_columns<8>(address, words...);
}
inline void tcgen05_wait_st_sync_aligned() { finish(writes); }

// ---- The tensor core: what a thread issues is done in order, that of several threads in any

class TensorCore {
  std::mutex mutex;
  std::condition_variable changed;
  std::map<unsigned, std::deque<std::function<void()>>> issued;
  std::mt19937 random{11};
  std::thread thread;
  bool over = false;

  void run() {
    for (;;) {
      std::function<void()> job;
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return over || !issued.empty(); });
        if (issued.empty()) return;
        auto queue = std::next(issued.begin(), random() % issued.size());
        job = std::move(queue->second.front());
        queue->second.pop_front();
        if (queue->second.empty()) issued.erase(queue);
      }
      std::this_thread::sleep_for(std::chrono::microseconds(random() % 100));
      job();
    }
  }

 public:
  TensorCore() : thread([this] { run(); }) {}
  ~TensorCore() {
    {
      std::lock_guard lock(mutex);
      over = true;
    }
    changed.notify_all();
    thread.join();
  }
  void issue(std::function<void()> job) {
    {
      std::lock_guard lock(mutex);
      issued[threadIdx.x].push_back(std::move(job));
    }
    changed.notify_all();
  }
};
inline TensorCore tensor_core;

// A descriptor of an operand in shared memory, with 128-byte swizzle; else as that of wgmma.
inline Operand shared_operand(uint64_t bits) {
  require(bits >> 61 == 2, "tcgen05.mma: not a swizzle of 128 bytes");
  require((bits >> 46 & 0x7f) == 1, "tcgen05.mma: fixed bits, base offset or mode");
  return Operand(bits);
}

// What an instruction descriptor says, of those that are meant: fp32 += bf16 bf16, 128 rows.
struct Instruction {
  int n;
  bool transpose_a, transpose_b;

  explicit Instruction(uint32_t bits)
      : n((bits >> 17 & 0x3f) * 8), transpose_a(bits >> 15 & 1), transpose_b(bits >> 16 & 1) {
    require((bits & ~(0x3fu << 17 | 3u << 15)) == (1u << 4 | 1u << 7 | 1u << 10 | 8u << 24),
            "tcgen05.mma: instruction descriptor");
    require(n >= 16 && n <= 256 && n % 16 == 0, "tcgen05.mma: columns");
  }
};

template <typename A>
void multiply(uint32_t d, A a, uint64_t b, Instruction instruction, bool add) {
  check_columns(d, instruction.n);
  ++under_way;
  tensor_core.issue([=] {
    const Operand right = shared_operand(b);
    static float x[LANES][16], y[256][16];
    for (int k = 0; k < 16; ++k) {
      for (int i = 0; i < LANES; ++i) x[i][k] = a(i, k);
      for (int j = 0; j < instruction.n; ++j) y[j][k] = right.at(j, k, instruction.transpose_b);
    }
    for (int i = 0; i < LANES; ++i)
      for (int j = 0; j < instruction.n; ++j) {
        float sum = 0.0f;
        if (add) std::memcpy(&sum, &tensor[i][d + j], 4);
        for (int k = 0; k < 16; ++k) sum += x[i][k] * y[j][k];
        std::memcpy(&tensor[i][d + j], &sum, 4);
      }
    --under_way;
  });
}
inline void tcgen05_mma_cta_group_1_kind_f16(uint32_t d, uint64_t a, uint64_t b, uint32_t bits,
                                             uint32_t add) {
  const Instruction instruction(bits);
  const Operand left = shared_operand(a);
  multiply(
      d, [=](int i, int k) { return left.at(i, k, instruction.transpose_a); }, b, instruction, add);
}
// a in tensor memory: elements k and k + 1 of a row are in column k / 2.
inline void tcgen05_mma_cta_group_1_kind_f16(uint32_t d, uint32_t a, uint64_t b, uint32_t bits,
                                             uint32_t add) {
  const Instruction instruction(bits);
  require(!instruction.transpose_a, "tcgen05.mma: a transposed in tensor memory");
  check_columns(a, 8);
  multiply(
      d, [=](int i, int k) { return half_of(tensor[i][a + k / 2], k % 2); }, b, instruction, add);
}
inline void tcgen05_commit_cta_group_1_mbarrier_arrive_one_shared_cluster_b64(uint32_t barrier) {
  tensor_core.issue([=] { barrier_event(barrier, 1, 0); });
}

}  // namespace ptx
