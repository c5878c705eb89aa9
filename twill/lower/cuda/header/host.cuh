// ---- Self-test, with -DTWILL_MAIN only: tensor maps, random inputs, timing ---------------------

// Start and end of every thread block in cycles of its SM, for the first blocks of a launch.
#ifdef TWILL_MAIN
namespace twill {
constexpr int CLOCKED_BLOCKS = 65536;
__device__ long long block_start[CLOCKED_BLOCKS], block_end[CLOCKED_BLOCKS];
}  // namespace twill
// One thread of the block, before anything else.
#define TWILL_BLOCK_STARTS(block)                                                      \
  if (threadIdx.x == 0 && (block) < twill::CLOCKED_BLOCKS) twill::block_start[block] = clock64()
// One thread of each role, when it has finished; the last one counts.
#define TWILL_BLOCK_ENDS(block) \
  if ((block) < twill::CLOCKED_BLOCKS) atomicMax(&twill::block_end[block], clock64())
#else
#define TWILL_BLOCK_STARTS(block)
#define TWILL_BLOCK_ENDS(block)
#endif

#ifdef TWILL_MAIN
#include <cuda.h>
#include <cuda_runtime.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#define TWILL_CHECK(call)                                                                    \
  do {                                                                                       \
    const cudaError_t error_ = (call);                                                       \
    if (error_ != cudaSuccess) {                                                             \
      std::fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #call,                     \
                   cudaGetErrorString(error_));                                              \
      std::exit(1);                                                                          \
    }                                                                                        \
  } while (0)

namespace twill {

// Memory of the GPU for `count` elements, zero at first; freed when the program ends.
template <typename T>
T* allocate(int64_t count) {
  void* memory = nullptr;
  TWILL_CHECK(cudaMalloc(&memory, count * sizeof(T)));
  TWILL_CHECK(cudaMemset(memory, 0, count * sizeof(T)));
  return static_cast<T*>(memory);
}

// A hash of a number (the finaliser of SplitMix64), so that inputs are the same everywhere.
__host__ __device__ inline uint64_t scramble(uint64_t x) {
  x += 0x9e3779b97f4a7c15ull;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

// Uniform numbers in [-1, 1), rounded to the type.
template <typename T>
__global__ void fill_kernel(T* to, int64_t count, uint64_t seed) {
  const int64_t first = int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  for (int64_t i = first; i < count; i += int64_t(gridDim.x) * blockDim.x)
    to[i] = T(float(scramble(seed << 40 ^ i) >> 40) * 0x1p-23f - 1.0f);
}

template <typename T>
T* random_values(int64_t count, uint64_t seed) {
  T* memory = allocate<T>(count);
  fill_kernel<<<1024, 256>>>(memory, count, seed);
  TWILL_CHECK(cudaGetLastError());
  return memory;
}

// The largest |a - b|, and the largest |b|, bit patterns of floats that are not negative.
template <typename T>
__global__ void differ_kernel(const T* a, const float* b, int64_t count, unsigned* most) {
  const int64_t first = int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  float error = 0.0f, size = 0.0f;
  for (int64_t i = first; i < count; i += int64_t(gridDim.x) * blockDim.x) {
    const float difference = fabsf(float(a[i]) - b[i]);
    error = difference <= error ? error : isnan(difference) ? INFINITY : difference;
    size = fmaxf(size, fabsf(b[i]));
  }
  atomicMax(&most[0], __float_as_uint(error));
  atomicMax(&most[1], __float_as_uint(size));
}

// Whether every a[i] is within `tolerance` of b[i], relative to the largest |b|. Prints both.
template <typename T>
bool agree(const char* what, const T* a, const float* b, int64_t count, float tolerance) {
  unsigned* most = allocate<unsigned>(2);
  differ_kernel<<<1024, 256>>>(a, b, count, most);
  float found[2];
  TWILL_CHECK(cudaMemcpy(found, most, sizeof found, cudaMemcpyDeviceToHost));
  const bool good = found[0] <= tolerance * found[1];
  std::printf("%-10s largest difference %.3g, largest value %.3g: %s\n", what, found[0], found[1],
              good ? "agrees" : "WRONG");
  return good;
}

// Milliseconds of one of `repeats` launches.
template <typename Launch>
float milliseconds(int repeats, Launch launch) {
  cudaEvent_t start, end;
  TWILL_CHECK(cudaEventCreate(&start));
  TWILL_CHECK(cudaEventCreate(&end));
  TWILL_CHECK(cudaEventRecord(start));
  for (int i = 0; i < repeats; ++i) launch();
  TWILL_CHECK(cudaEventRecord(end));
  TWILL_CHECK(cudaEventSynchronize(end));
  float time = 0.0f;
  TWILL_CHECK(cudaEventElapsedTime(&time, start, end));
  return time / repeats;
}

// Cycles from start to end of a block of the launch, mean of its first `blocks`.
template <typename Launch>
double block_cycles(int blocks, Launch launch) {
  blocks = std::min(blocks, CLOCKED_BLOCKS);
  std::vector<long long> start(blocks), end(blocks, 0);
  TWILL_CHECK(cudaMemcpyToSymbol(block_end, end.data(), blocks * sizeof(long long)));
  launch();
  TWILL_CHECK(cudaDeviceSynchronize());
  TWILL_CHECK(cudaMemcpyFromSymbol(start.data(), block_start, blocks * sizeof(long long)));
  TWILL_CHECK(cudaMemcpyFromSymbol(end.data(), block_end, blocks * sizeof(long long)));
  double sum = 0.0;
  for (int i = 0; i < blocks; ++i) sum += double(end[i] - start[i]);
  return sum / blocks;
}

// A row-major matrix of 2-byte elements for TMA, `stride` elements from row to row, as three
// dimensions: 64 columns, rows, panels of 64 columns. A box of `box_rows` rows and `box_columns`
// columns lies in shared memory panel by panel, 128 bytes a row, SWIZZLE_128B. Coordinates are
// (0, row, column / 64). cuTensorMapEncodeTiled is asked of the driver when the program runs,
// so that it links without one.
inline CUtensorMap tensor_map(const void* matrix, int64_t rows, int64_t columns, int64_t stride,
                              int box_rows, int box_columns) {
  using Encode = decltype(&cuTensorMapEncodeTiled);
  void* found = nullptr;
  cudaDriverEntryPointQueryResult result;
  TWILL_CHECK(cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &found, 12000,
                                               cudaEnableDefault, &result));
  if (found == nullptr) {
    std::fprintf(stderr, "this driver has no cuTensorMapEncodeTiled\n");
    std::exit(1);
  }
  CUtensorMap map;
  const cuuint64_t sizes[3] = {64, cuuint64_t(rows), cuuint64_t(columns / 64)};
  const cuuint64_t strides[2] = {cuuint64_t(stride) * 2, 128};
  const cuuint32_t box[3] = {64, cuuint32_t(box_rows), cuuint32_t(box_columns / 64)};
  const cuuint32_t steps[3] = {1, 1, 1};
  const CUresult error = reinterpret_cast<Encode>(found)(
      &map, CU_TENSOR_MAP_DATA_TYPE_BFLOAT16, 3, const_cast<void*>(matrix), sizes, strides, box,
      steps, CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B,
      CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
  if (error != CUDA_SUCCESS) {
    std::fprintf(stderr, "cuTensorMapEncodeTiled: error %d\n", int(error));
    std::exit(1);
  }
  return map;
}

// The GPU that the program runs on: its name, its SMs.
inline int describe_device() {
  cudaDeviceProp device;
  TWILL_CHECK(cudaGetDeviceProperties(&device, 0));
  int khz = 0;
  TWILL_CHECK(cudaDeviceGetAttribute(&khz, cudaDevAttrClockRate, 0));
  std::printf("%s, %d SMs, at most %d MHz\n", device.name, device.multiProcessorCount, khz / 1000);
  return device.multiProcessorCount;
}

}  // namespace twill
#endif
