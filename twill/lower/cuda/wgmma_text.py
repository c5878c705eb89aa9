"""One wgmma instruction as C++: its operands are many and depend on N, so the text is made."""

from __future__ import annotations

import textwrap


def wgmma(n: int) -> str:
    """The specialisation ``Wgmma<n>``: a[64, 16] in shared memory or in registers, b in shared."""
    count = n // 2
    d = ", ".join(f"%{i}" for i in range(count))
    held = ", ".join(f'"+f"(d[{i}])' for i in range(count))
    a = ", ".join(f"%{count + i}" for i in range(4))
    name = f"wgmma.mma_async.sync.aligned.m64n{n}k16.f32.bf16.bf16"
    lines = [
        "template <>",
        f"struct Wgmma<{n}> {{",
        "  template <bool TRANSPOSE_A, bool TRANSPOSE_B>",
        f"  static __device__ __forceinline__ void shared(float (&d)[{count}], uint64_t a,",
        "                                                uint64_t b, int add) {",
        *_asm(name, d, f"%{count}, %{count + 1}", count + 2, 2),
        *_held(held),
        '        : "l"(a), "l"(b), "r"(add), "n"(int(TRANSPOSE_A)), "n"(int(TRANSPOSE_B)));',
        "  }",
        "  template <bool TRANSPOSE_B>",
        f"  static __device__ __forceinline__ void registers(float (&d)[{count}],",
        "                                                   const uint32_t* a, uint64_t b,",
        "                                                   int add) {",
        *_asm(name, d, f"{{{a}}}, %{count + 4}", count + 5, 1),
        *_held(held),
        '        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b), "r"(add),',
        '          "n"(int(TRANSPOSE_B)));',
        "  }",
        "};",
    ]
    return "\n".join(lines) + "\n"


def _asm(name: str, d: str, operands: str, add: int, transposes: int) -> list[str]:
    """The instruction, with ``add`` (operand number) as the predicate that it adds to d."""
    last = ", ".join(f"%{add + 1 + i}" for i in range(transposes))
    return [
        "    asm volatile(",
        f'        "{{\\n .reg .pred add;\\n setp.ne.b32 add, %{add}, 0;\\n"',
        f'        " {name} "',
        *(f'        "{part}"' for part in _wrapped(f"{{{d}}},")),
        f'        " {operands}, add, 1, 1, {last};\\n}}"',
    ]


def _wrapped(text: str) -> list[str]:
    parts = textwrap.wrap(text, 88)
    return [part + " " if i + 1 < len(parts) else part for i, part in enumerate(parts)]


def _held(text: str) -> list[str]:
    return textwrap.wrap(text, 98, initial_indent="        : ", subsequent_indent="          ")
