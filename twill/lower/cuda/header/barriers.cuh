// ---- Barriers in shared memory: mbarriers that take turns -----------------------------------------

namespace twill {

#ifdef TWILL_TIMEOUT
// Debug builds: a wait of more than TWILL_TIMEOUT cycles ends the kernel and says where.
__device__ __noinline__ inline void give_up(uint32_t barrier, int instance) {
  printf("block %d thread %d: waited too long for instance %d of the barrier at %u\n",
         int(blockIdx.x), int(threadIdx.x), instance, barrier);
  __trap();
}
#endif

// SLOTS mbarriers from `address` on: instance n is number n % SLOTS in its phase n / SLOTS.
// Instances -SLOTS to -1 are complete from the beginning.
template <int SLOTS>
struct Barrier {
  uint32_t address;

  __device__ __forceinline__ uint32_t of(int n) const {
    return address + (SLOTS == 1 ? 0 : unsigned(n + SLOTS) % SLOTS * 8);
  }
  // Once, by one thread, before anybody arrives. PTX: mbarrier.init.
  __device__ __forceinline__ void init(int arrivals) const {
#pragma unroll
    for (int i = 0; i < SLOTS; ++i)
      asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(address + i * 8), "r"(arrivals)
                   : "memory");
  }
  // Until instance n is complete; what the arriving threads wrote before is then visible.
  // PTX: mbarrier.try_wait.parity, with acquire semantics.
  __device__ __forceinline__ void wait(int n) const {
    const uint32_t parity = (unsigned(n + SLOTS) / SLOTS & 1) ^ 1, barrier = of(n);
    uint32_t done = 0;
#ifdef TWILL_TIMEOUT
    const long long start = clock64();
#endif
    do {
      asm volatile(
          "{\n .reg .pred done;\n"
          " mbarrier.try_wait.parity.shared::cta.b64 done, [%1], %2;\n"
          " selp.u32 %0, 1, 0, done;\n}"
          : "=r"(done)
          : "r"(barrier), "r"(parity)
          : "memory");
#ifdef TWILL_TIMEOUT
      if (!done && clock64() - start > TWILL_TIMEOUT) give_up(barrier, n);
#endif
    } while (!done);
  }
  // One arrival for instance n; what the thread wrote before is visible to those who wait.
  // PTX: mbarrier.arrive, with release semantics.
  __device__ __forceinline__ void arrive(int n) const {
    asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(of(n)) : "memory");
  }
  // One arrival for instance n by each warp that calls it, when all its lanes have got here.
  __device__ __forceinline__ void arrive_warp(int n) const {
    __syncwarp();
    if (threadIdx.x % 32 == 0) arrive(n);
  }
  // One arrival for instance n, which then also waits for so many bytes of copies.
  // PTX: mbarrier.arrive.expect_tx.
  __device__ __forceinline__ void expect(int n, int bytes) const {
    asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(of(n)), "r"(bytes)
                 : "memory");
  }
};

// Initialised barriers become visible to the copy engine and to other threads' arrivals.
// PTX: fence.mbarrier_init. A barrier of the block follows.
__device__ __forceinline__ void barriers_initialised() {
  asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
}

// What this thread wrote to shared memory is seen by engines that it lets loose afterwards, itself
// or through a barrier. PTX: fence.proxy.async.
__device__ __forceinline__ void publish_to_engines() {
  asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
}

// One lane of a converged warp. PTX: elect.sync.
__device__ __forceinline__ bool elected() {
  uint32_t is;
  asm volatile(
      "{\n .reg .pred p;\n elect.sync _|p, 0xffffffff;\n selp.u32 %0, 1, 0, p;\n}"
      : "=r"(is));
  return is != 0;
}

// The registers per thread of the calling warp group, from now on. PTX: setmaxnreg.
template <int COUNT>
__device__ __forceinline__ void take_registers() {
  asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(COUNT));
}
template <int COUNT>
__device__ __forceinline__ void give_registers() {
  asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(COUNT));
}

}  // namespace twill
