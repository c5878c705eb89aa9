// ---- sm_80: cp.async, ldmatrix, mma.sync -------------------------------------------------------

namespace twill {

// Copy 16 bytes from global to shared memory past the registers and the L1 cache.
// PTX: cp.async.cg.shared.global.
__device__ __forceinline__ void copy_async_16(uint32_t shared, const void* global) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(shared), "l"(global) : "memory");
}

// End a group of copies: those issued by this thread since the last group. PTX: cp.async.commit_group.
__device__ __forceinline__ void copy_async_commit() {
  asm volatile("cp.async.commit_group;" ::: "memory");
}

// Wait until at most PENDING of this thread's latest groups are under way; what earlier groups
// copied is then visible to this thread. PTX: cp.async.wait_group.
template <int PENDING>
__device__ __forceinline__ void copy_async_wait() {
  asm volatile("cp.async.wait_group %0;" ::"n"(PENDING) : "memory");
}

// Four 8x8 matrices of 2-byte elements; threads 8 j .. 8 j + 7 give the addresses of the rows of
// matrix j. Thread l receives elements 2 (l % 4) and the next of row l / 4 of each matrix.
// PTX: ldmatrix.sync.aligned.m8n8.x4.shared.b16.
__device__ __forceinline__ void load_matrices(uint32_t (&to)[4], uint32_t shared) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
               : "r"(shared)
               : "memory");
}

// The same of the transposed matrices: rows 2 (l % 4) and the next of column l / 4. PTX: .trans.
__device__ __forceinline__ void load_matrices_transposed(uint32_t (&to)[4], uint32_t shared) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
               : "r"(shared)
               : "memory");
}

// d[16, 8] += a[16, 16] b[16, 8], fp32 += bf16 bf16, by one warp. Thread l holds, with g = l / 4
// and q = 2 (l % 4): a rows g and g + 8, columns q, q + 1 (a0, a1) and q + 8, q + 9 (a2, a3);
// b rows q, q + 1 (b0) and q + 8, q + 9 (b1) of column g; d row g (d0, d1) and g + 8 (d2, d3),
// columns q, q + 1. PTX: mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32.
__device__ __forceinline__ void mma_16x8x16(float* d, const uint32_t (&a)[4], uint32_t b0,
                                            uint32_t b1) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
      "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

}  // namespace twill
