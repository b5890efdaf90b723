#pragma once

#include <cstdint>
#include <span>

/// Reads the bytes as certificates and as a private key, each in PEM and in DER, and looks at what
/// was found. Aborts where a reader breaks its promises. Returns whether any reader accepted them.
bool fuzz_certificates(std::span<const std::uint8_t> bytes);
