#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace test_support {

/// Every ASN.1 element of a PKCS#12 store, one a line with its depth, the encrypted parts opened.
/// Elements that must differ between two stores are named instead of shown: keys, signatures,
/// serials, dates (with their type), salts, IVs, digests, local key ids (with their form). So two
/// stores that differ only in random parts have the same outline.
///
/// It is written without the code under test: a plain walk over the bytes. Text that begins with
/// "error:" where the bytes are no such store.
[[nodiscard]] std::string store_outline(std::span<const std::uint8_t> store,
                                        const std::string& password);

}  // namespace test_support
