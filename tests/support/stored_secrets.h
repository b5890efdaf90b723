#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace test_support {

/// The entries of a keystore of format 7 without a passphrase.
[[nodiscard]] std::map<std::string, std::string> keystore_entries(
    const std::filesystem::path& path);

/// Whether crypt(3) makes this hash of the password.
[[nodiscard]] bool hash_matches(const std::string& password, const std::string& hash);

}  // namespace test_support
