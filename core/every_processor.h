#pragma once

/// NC_EVERY_PROCESSOR before a function: compiled also for wider vectors, chosen when the program starts. What it calls
/// must be inlined (NC_INLINE) to gain. Sanitizers cannot run the resolver that this needs.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) &&               \
    !defined(__SANITIZE_THREAD__)
#define NC_EVERY_PROCESSOR __attribute__((target_clones("default", "avx2")))
#else
#define NC_EVERY_PROCESSOR
#endif
#define NC_INLINE [[gnu::always_inline]] inline
