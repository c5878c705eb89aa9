// ---- The copy engine (TMA) ------------------------------------------------------------------------

namespace twill {

// The map is in the constant cache before it is used. PTX: prefetch.tensormap.
__device__ __forceinline__ void prefetch_map(const CUtensorMap& map) {
  asm volatile("prefetch.tensormap [%0];" ::"l"(&map) : "memory");
}

// Copy the box at (row, column) of a matrix to shared memory; its bytes count on `barrier`. The map
// has three dimensions (64 columns, rows, panels of 64 columns), so that the box lies panel by panel,
// 128 bytes a row, 16-byte chunk c of row r at place c ^ (r % 8) (SWIZZLE_128B).
// One thread. PTX: cp.async.bulk.tensor.
__device__ __forceinline__ void load_box(uint32_t to, const CUtensorMap& map, int row, int column,
                                         uint32_t barrier) {
  asm volatile(
      "cp.async.bulk.tensor.3d.shared::cluster.global.mbarrier::complete_tx::bytes "
      "[%0], [%1, {%2, %3, %4}], [%5];" ::"r"(to),
      "l"(&map), "n"(0), "r"(row), "r"(column / 64), "r"(barrier)
      : "memory");
}

// Copy `bytes` (a multiple of 16) that lie in one piece; they count on `barrier`. One thread.
// PTX: cp.async.bulk.
__device__ __forceinline__ void load_bytes(uint32_t to, const void* from, int bytes,
                                           uint32_t barrier) {
  asm volatile(
      "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];" ::
          "r"(to), "l"(from), "r"(bytes), "r"(barrier)
      : "memory");
}

// Add `bytes` of floats in shared memory to those at `to`; a group of its own. One thread.
// PTX: cp.reduce.async.bulk .add.f32.
__device__ __forceinline__ void add_floats(float* to, uint32_t from, int bytes) {
  asm volatile("cp.reduce.async.bulk.global.shared::cta.bulk_group.add.f32 [%0], [%1], %2;" ::"l"(to),
               "r"(from), "r"(bytes)
               : "memory");
  asm volatile("cp.async.bulk.commit_group;" ::: "memory");
}

// Until at most PENDING of this thread's latest stores still read shared memory.
// PTX: cp.async.bulk.wait_group.read.
template <int PENDING>
__device__ __forceinline__ void stores_have_read() {
  asm volatile("cp.async.bulk.wait_group.read %0;" ::"n"(PENDING) : "memory");
}
// Until all of this thread's stores are done. PTX: cp.async.bulk.wait_group.
__device__ __forceinline__ void stores_done() {
  asm volatile("cp.async.bulk.wait_group 0;" ::: "memory");
}

}  // namespace twill
