// ---- Tiles in the registers of a warp group: each thread has a row of its own --------------------
//
// Element e of thread t is column e of row t, as tensor memory gives it out. Vectors along rows are
// held as float v[1]. Where there is an instruction for two elements at once, it is used (PTX:
// f32x2).

namespace twill {

__device__ __forceinline__ constexpr int row_of(int) { return 0; }
__device__ __forceinline__ constexpr int column_of(int e) { return e; }

// a b + c of two numbers at once. PTX: fma.rn.f32x2.
__device__ __forceinline__ float2 fma2(float2 a, float2 b, float2 c) {
  float2 d;
  asm("{\n"
      ".reg .b64 a, b, c, d;\n"
      "mov.b64 a, {%2, %3};\n"
      "mov.b64 b, {%4, %5};\n"
      "mov.b64 c, {%6, %7};\n"
      "fma.rn.f32x2 d, a, b, c;\n"
      "mov.b64 {%0, %1}, d;\n"
      "}"
      : "=f"(d.x), "=f"(d.y)
      : "f"(a.x), "f"(a.y), "f"(b.x), "f"(b.y), "f"(c.x), "f"(c.y));
  return d;
}

// a + b of two numbers at once. PTX: add.rn.f32x2.
__device__ __forceinline__ float2 add2(float2 a, float2 b) {
  float2 d;
  asm("{\n"
      ".reg .b64 a, b, d;\n"
      "mov.b64 a, {%2, %3};\n"
      "mov.b64 b, {%4, %5};\n"
      "add.rn.f32x2 d, a, b;\n"
      "mov.b64 {%0, %1}, d;\n"
      "}"
      : "=f"(d.x), "=f"(d.y)
      : "f"(a.x), "f"(a.y), "f"(b.x), "f"(b.y));
  return d;
}

// a b of two numbers at once. PTX: mul.rn.f32x2.
__device__ __forceinline__ float2 mul2(float2 a, float2 b) {
  float2 d;
  asm("{\n"
      ".reg .b64 a, b, d;\n"
      "mov.b64 a, {%2, %3};\n"
      "mov.b64 b, {%4, %5};\n"
      "mul.rn.f32x2 d, a, b;\n"
      "mov.b64 {%0, %1}, d;\n"
      "}"
      : "=f"(d.x), "=f"(d.y)
      : "f"(a.x), "f"(a.y), "f"(b.x), "f"(b.y));
  return d;
}

// The largest of a, b, c. PTX: max.f32 with three operands.
__device__ __forceinline__ float max3(float a, float b, float c) {
  float d;
  asm("max.f32 %0, %1, %2, %3;" : "=f"(d) : "f"(a), "f"(b), "f"(c));
  return d;
}

// to = the maximum of `from` and of every element of the row, in four chains.
template <int COUNT>
__device__ __forceinline__ void row_max(float (&to)[1], const float (&from)[1],
                                        const float (&x)[COUNT]) {
  static_assert(COUNT % 8 == 0);
  float most[4] = {from[0], x[0], x[1], x[2]};
#pragma unroll
  for (int e = 0; e < COUNT; e += 2)
    most[e / 2 % 4] = max3(most[e / 2 % 4], x[e], x[e + 1]);
  to[0] = max3(fmaxf(most[0], most[1]), most[2], most[3]);
}

// to = the sum of `from` and of every element of the row, in four chains of pairs.
template <int COUNT>
__device__ __forceinline__ void row_sum(float (&to)[1], const float (&from)[1],
                                        const float (&x)[COUNT]) {
  static_assert(COUNT % 8 == 0);
  float2 sum[4] = {{from[0], 0.0f}, {}, {}, {}};
#pragma unroll
  for (int e = 0; e < COUNT; e += 2)
    sum[e / 2 % 4] = add2(sum[e / 2 % 4], make_float2(x[e], x[e + 1]));
  const float2 all = add2(add2(sum[0], sum[1]), add2(sum[2], sum[3]));
  to[0] = all.x + all.y;
}

// x = (x - b) scale, where b is one number for the row; as x scale - (b scale), rounded once.
template <int COUNT>
__device__ __forceinline__ void row_fma(float (&x)[COUNT], const float (&b)[1], float scale) {
  const float2 scales = {scale, scale}, less = {-b[0] * scale, -b[0] * scale};
#pragma unroll
  for (int e = 0; e < COUNT; e += 2) {
    const float2 y = fma2(make_float2(x[e], x[e + 1]), scales, less);
    x[e] = y.x, x[e + 1] = y.y;
  }
}

// x = x b, where b is one number for the row.
template <int COUNT>
__device__ __forceinline__ void row_multiply(float (&x)[COUNT], const float (&b)[1]) {
  const float2 factors = {b[0], b[0]};
#pragma unroll
  for (int e = 0; e < COUNT; e += 2) {
    const float2 y = mul2(make_float2(x[e], x[e + 1]), factors);
    x[e] = y.x, x[e + 1] = y.y;
  }
}

// Hand a vector along rows to a role of as many threads: thread t has place t of the slot.
__device__ __forceinline__ void send_vector(uint32_t slot, const float (&x)[1], int thread) {
  asm volatile("st.shared.f32 [%0], %1;" ::"r"(slot + thread * 4), "f"(x[0]) : "memory");
}
__device__ __forceinline__ void receive_vector(float (&x)[1], uint32_t slot, int thread) {
  asm volatile("ld.shared.f32 %0, [%1];" : "=f"(x[0]) : "r"(slot + thread * 4) : "memory");
}

}  // namespace twill
