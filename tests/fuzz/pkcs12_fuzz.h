#pragma once

#include <cstdint>
#include <span>

/// Reads the bytes as a PKCS#12 store in both ways, with the password of the corpus, and looks at
/// every certificate found. Aborts where a reader breaks its promises. Returns how many entries the
/// reader of certificates found.
int fuzz_pkcs12(std::span<const std::uint8_t> bytes);
