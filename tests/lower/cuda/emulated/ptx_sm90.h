// Instructions of sm_90: mbarriers, the copy engine, wgmma.
#pragma once

namespace ptx {

// ---- mbarriers: a phase is complete when all have arrived and all bytes are there

struct Mbarrier {
  int count = 0, pending = 0, phase = 0;
  long bytes = 0;
};
inline std::mutex barriers_mutex;
inline std::condition_variable barriers_changed;
inline Mbarrier mbarriers[SHARED_MEMORY / 8];

inline Mbarrier& mbarrier(uint32_t address) {
  require(address % 8 == 0 && address < SHARED_MEMORY, "mbarrier: bad address");
  Mbarrier& barrier = mbarriers[address / 8];
  require(barrier.count > 0, "mbarrier: not initialised");
  return barrier;
}

inline void mbarrier_init_shared_cta_b64(uint32_t address, int count) {
  std::lock_guard lock(barriers_mutex);
  mbarriers[address / 8] = {count, count, 0, 0};
}
inline void fence_mbarrier_init_release_cluster() {}

inline void barrier_event(uint32_t address, int arrivals, long bytes) {
  std::lock_guard lock(barriers_mutex);
  Mbarrier& barrier = mbarrier(address);
  require(barrier.pending >= arrivals, "mbarrier: more arrivals than parties in one phase");
  barrier.pending -= arrivals, barrier.bytes += bytes;
  if (barrier.pending == 0 && barrier.bytes == 0) {
    barrier.pending = barrier.count, barrier.phase ^= 1;
    barriers_changed.notify_all();
  }
}
inline void mbarrier_arrive_shared_cta_b64(uint32_t address) { barrier_event(address, 1, 0); }
inline void mbarrier_arrive_expect_tx_shared_cta_b64(uint32_t address, int bytes) {
  barrier_event(address, 1, bytes);
}
// The phase of this parity is complete when the barrier is in one of the other parity.
inline void mbarrier_try_wait_parity_shared_cta_b64(uint32_t& done, uint32_t address,
                                                    uint32_t parity) {
  std::unique_lock lock(barriers_mutex);
  const Mbarrier& barrier = mbarrier(address);
  const bool complete = barriers_changed.wait_for(
      lock, PATIENCE, [&] { return barrier.phase != int(parity); });
  require(complete, "hang: a phase of an mbarrier never completes");
  done = 1;
}

// No lane goes on before all lanes of the warp are here.
inline void elect_sync(uint32_t& is) {
  own_warp().meeting.meet(32);
  is = threadIdx.x % 32 == 0;
}
inline void setmaxnreg_inc_sync_aligned_u32(int) {}
inline void setmaxnreg_dec_sync_aligned_u32(int) {}
inline void fence_proxy_async_shared_cta() {}
inline void prefetch_tensormap(const CUtensorMap*) {}

// ---- The copy engine: copies complete late and out of order

class Engine {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::function<void()>> jobs;
  std::mt19937 random{7};
  std::thread thread;
  bool over = false;

  void run() {
    for (;;) {
      std::function<void()> job;
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return over || !jobs.empty(); });
        if (jobs.empty()) return;
        const size_t which = random() % jobs.size();
        job = jobs[which];
        jobs.erase(jobs.begin() + which);
      }
      std::this_thread::sleep_for(std::chrono::microseconds(random() % 300));
      job();
    }
  }

 public:
  Engine() : thread([this] { run(); }) {}
  ~Engine() {
    {
      std::lock_guard lock(mutex);
      over = true;
    }
    changed.notify_all();
    thread.join();
  }
  void start(std::function<void()> job) {
    {
      std::lock_guard lock(mutex);
      jobs.push_back(std::move(job));
    }
    changed.notify_all();
  }
};
inline Engine engine;

// Rows of 128 bytes, panel by panel; chunk c of row r at place c ^ (r % 8); zero outside.
inline void copy_box(uint32_t to, CUtensorMap map, int row, int panel) {
  for (int p = 0; p < map.box_columns / 64; ++p)
    for (int r = 0; r < map.box_rows; ++r)
      for (int chunk = 0; chunk < 8; ++chunk) {
        unsigned char* place =
            memory + to + (p * map.box_rows + r) * 128 + ((chunk ^ r % 8) * 16);
        const int64_t y = row + r, x = (panel + p) * 64 + chunk * 8;
        if (y < map.rows && x < map.columns)
          std::memcpy(place, map.matrix + y * map.stride + x, 16);
        else
          std::memset(place, 0, 16);
      }
}

inline void cp_async_bulk_tensor_3d_shared_cluster_global_mbarrier_complete_tx_bytes(
    uint32_t to, const CUtensorMap* map, int column, int row, int panel, uint32_t barrier) {
  const int bytes = map->box_rows * map->box_columns * 2;
  require(to % 1024 == 0 && to + bytes <= SHARED_MEMORY, "TMA: bad place in shared memory");
  require(column == 0 && row >= 0 && panel >= 0, "TMA: bad coordinates");
  std::memset(memory + to, 0xff, bytes);
  engine.start([=, map = *map] {
    copy_box(to, map, row, panel);
    barrier_event(barrier, 0, -bytes);
  });
}
inline void cp_async_bulk_shared_cluster_global_mbarrier_complete_tx_bytes(
    uint32_t to, const void* from, int bytes, uint32_t barrier) {
  require(to % 16 == 0 && uintptr_t(from) % 16 == 0 && bytes % 16 == 0, "bulk copy: not aligned");
  std::memset(memory + to, 0xff, bytes);
  engine.start([=] {
    std::memcpy(memory + to, from, bytes);
    barrier_event(barrier, 0, -bytes);
  });
}

// ---- Bulk stores of a thread, in groups: they read shared memory when they are waited for

inline thread_local std::vector<std::vector<std::function<void()>>> stores(1);

inline void cp_reduce_async_bulk_global_shared_cta_bulk_group_add_f32(float* to, uint32_t from,
                                                                      int bytes) {
  require(from % 16 == 0 && bytes % 16 == 0, "bulk reduction: not aligned");
  stores.back().push_back([=] {
    for (int i = 0; i < bytes / 4; ++i) to[i] += reinterpret_cast<float*>(memory + from)[i];
  });
}
inline void cp_async_bulk_commit_group() { stores.emplace_back(); }
inline void cp_async_bulk_wait_group(int pending) {
  while (int(stores.size()) - 1 > pending) {
    for (const auto& store : stores.front()) store();
    stores.erase(stores.begin());
  }
}
inline void cp_async_bulk_wait_group() { cp_async_bulk_wait_group(0); }
inline void cp_async_bulk_wait_group_read(int pending) { cp_async_bulk_wait_group(pending); }

// ---- Stores of a thread to shared memory

inline void st_shared_b32(uint32_t address, uint32_t x) {
  require(address % 4 == 0 && address + 4 <= SHARED_MEMORY, "st.shared: bad address");
  std::memcpy(memory + address, &x, 4);
}
inline void st_shared_v4_f32(uint32_t address, float a, float b, float c, float d) {
  require(address % 16 == 0 && address + 16 <= SHARED_MEMORY, "st.shared: bad address");
  const float x[4] = {a, b, c, d};
  std::memcpy(memory + address, x, sizeof x);
}

// ---- wgmma: d[64, N] += a[64, 16] b[16, N], by each thread for its own elements

// What a matrix descriptor with 128-byte swizzle says. Element (i, k), i along M or N and k contracted:
//   K-major   row i: 128 bytes, 8 rows 1024; groups of 8 rows `stride` apart
//   MN-major  row k: 128 bytes of 64 i, the next 64 `leading` further; groups of 8 k `stride` apart
// The 16-byte chunk of an address (bits 4 to 6) is exchanged with its row (bits 7 to 9).
struct Operand {
  uint32_t start, leading, stride;

  explicit Operand(uint64_t bits)
      : start((bits & 0x3fff) << 4), leading((bits >> 16 & 0x3fff) << 4),
        stride((bits >> 32 & 0x3fff) << 4) {}
  float at(int i, int k, bool transposed) const {
    const uint32_t offset = transposed
                                ? i % 64 * 2 + i / 64 * leading + k % 8 * 128 + k / 8 * stride
                                : i % 8 * 128 + i / 8 * stride + k * 2;
    const uint32_t address = start + offset;
    const uint32_t swizzled = address ^ (address >> 7 & 7) << 4;
    require(swizzled + 2 <= SHARED_MEMORY, "multiply: beyond shared memory");
    return to_float(*reinterpret_cast<const __nv_bfloat16*>(memory + swizzled));
  }
};
struct Descriptor : Operand {
  explicit Descriptor(uint64_t bits) : Operand(bits) {
    require(bits >> 62 == 1, "wgmma: not a swizzle of 128 bytes");
    require((bits >> 49 & 7) == 0, "wgmma: a base offset");
  }
};

// One instruction on its way: a thread's rows of a (two, of 16 elements) or a's descriptor.
struct Multiply {
  std::vector<float*> d;
  std::vector<float> before;  // what d held, where no multiply on its way writes it
  std::vector<float> rows;
  uint64_t a = 0, b = 0;
  bool add = false, transpose_a = false, transpose_b = false;

  void run() const {
    const int thread = threadIdx.x % 128, row = thread / 32 * 16 + thread % 32 / 4;
    for (size_t e = 0; e < d.size(); ++e) {
      const int r = e / 2 % 2, column = e / 4 * 8 + thread % 4 * 2 + e % 2;
      float sum = !add ? 0.0f : before.empty() ? *d[e] : before[e];
      for (int k = 0; k < 16; ++k) {
        const float x = rows.empty() ? Descriptor(a).at(row + 8 * r, k, transpose_a)
                                     : rows[r * 16 + k];
        sum += x * Descriptor(b).at(column, k, transpose_b);
      }
      *d[e] = sum;
    }
  }
};
inline thread_local std::vector<std::vector<Multiply>> multiplies(1);

// d is not a number until the multiply is waited for.
inline void issue(Multiply multiply) {
  bool chained = false;
  for (const auto& group : multiplies)
    for (const Multiply& other : group) chained |= other.d[0] == multiply.d[0];
  if (!chained)
    for (float* x : multiply.d) {
      multiply.before.push_back(*x);
      *x = NAN;
    }
  multiplies.back().push_back(std::move(multiply));
}

// Registers of a[64, 16], from all lanes that share this thread's rows: register r of lane
// 4 g + q has row g + r % 2 * 8, columns r / 2 * 8 + 2 q and the next.
inline std::vector<float> rows_of(const uint32_t (&a)[4]) {
  Warp& warp = own_warp();
  const int lane = threadIdx.x % 32;
  std::memcpy(warp.shown[lane], a, sizeof a);
  warp.meeting.meet(32);
  std::vector<float> rows(32);
  for (int row = 0; row < 2; ++row)
    for (int k = 0; k < 16; ++k)
      rows[row * 16 + k] = half_of(warp.shown[lane / 4 * 4 + k % 8 / 2][k / 8 * 2 + row], k % 2);
  warp.meeting.meet(32);
  return rows;
}

template <size_t FIRST, typename Tuple, size_t... I>
std::vector<float*> pointers(Tuple& operands, std::index_sequence<I...>) {
  return {&std::get<FIRST + I>(operands)...};
}

template <int N, typename... T>
void wgmma_mma_async(T&&... arguments) {
  auto operands = std::forward_as_tuple(arguments...);
  constexpr int D = N / 2;
  Multiply multiply;
  multiply.d = pointers<0>(operands, std::make_index_sequence<D>{});
  if constexpr (sizeof...(T) == D + 5) {
    multiply.a = std::get<D>(operands), multiply.b = std::get<D + 1>(operands);
    multiply.add = std::get<D + 2>(operands) != 0;
    multiply.transpose_a = std::get<D + 3>(operands), multiply.transpose_b = std::get<D + 4>(operands);
  } else {
    static_assert(sizeof...(T) == D + 7);
    const uint32_t a[4] = {std::get<D>(operands), std::get<D + 1>(operands),
                           std::get<D + 2>(operands), std::get<D + 3>(operands)};
    multiply.rows = rows_of(a);
    multiply.b = std::get<D + 4>(operands);
    multiply.add = std::get<D + 5>(operands) != 0;
    multiply.transpose_b = std::get<D + 6>(operands);
  }
  issue(std::move(multiply));
}

inline void wgmma_fence_sync_aligned() {}
inline void wgmma_commit_group_sync_aligned() { multiplies.emplace_back(); }
inline void wgmma_wait_group_sync_aligned(int pending) {
  while (int(multiplies.size()) - 1 > pending) {
    for (const Multiply& multiply : multiplies.front()) multiply.run();
    multiplies.erase(multiplies.begin());
  }
}

}  // namespace ptx
