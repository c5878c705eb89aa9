// The primitives of this kernel, with their exact meaning. Inline PTX stands nowhere else.
#pragma once

#include <cuda.h>
#include <cuda_bf16.h>

#include <cmath>
#include <cstdint>
#include <cstdio>

using bf16 = __nv_bfloat16;

namespace twill {

// An address in shared memory as instructions take it. PTX: cvta.to.shared.
__device__ __forceinline__ uint32_t shared_address(const void* pointer) {
  return static_cast<uint32_t>(__cvta_generic_to_shared(pointer));
}

// THREADS threads of one role meet. PTX: barrier.sync (bar.sync) with barrier ID.
template <int ID, int THREADS>
__device__ __forceinline__ void sync_role() {
  asm volatile("barrier.sync.aligned %0, %1;" ::"n"(ID), "n"(THREADS) : "memory");
}

// Where iteration i's tile lies in a ring of SLOTS slots of BYTES bytes.
template <int SLOTS, int BYTES>
__device__ __forceinline__ uint32_t slot(uint32_t ring, int i) {
  return ring + unsigned(i) % SLOTS * BYTES;
}

}  // namespace twill
