#pragma once

#include <filesystem>
#include <string>

#include "certgen/tls_material.h"
#include "tests/support/temp_dir.h"

namespace test_support {

/// TLS material as files, for programs that read files.
struct CertificateFiles {
  explicit CertificateFiles(const certgen::TlsMaterial& material);

  TempDir directory;
  std::filesystem::path http_p12 = directory / "http.p12";
  std::filesystem::path transport_p12 = directory / "transport.p12";
  std::filesystem::path http_ca_crt = directory / "http_ca.crt";
  std::string http_password;
  std::string transport_password;
};

void write_file(const std::filesystem::path& path, std::string_view bytes);
[[nodiscard]] std::string read_whole_file(const std::filesystem::path& path);

}  // namespace test_support
