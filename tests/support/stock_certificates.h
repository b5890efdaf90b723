#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace test_support {

/// What the stock launcher made once for the node `refnode` on the host `refhost`, kept in the
/// cache directory.
struct StockCertificates {
  std::filesystem::path directory;  ///< http.p12, transport.p12, http_ca.crt
  std::string http_password;
  std::string transport_password;
};

/// Runs the stock auto-configuration as an unprivileged user where the cache does not have its
/// result. nullopt: the distribution, a JDK for it or such a user cannot be had.
[[nodiscard]] std::optional<StockCertificates> stock_certificates(const std::string& version);

}  // namespace test_support
