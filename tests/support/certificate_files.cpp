#include "tests/support/certificate_files.h"

#include <fstream>
#include <iterator>

namespace test_support {

CertificateFiles::CertificateFiles(const certgen::TlsMaterial& material)
    : http_password(material.http_password.expose()),
      transport_password(material.transport_password.expose()) {
  write_file(http_p12, material.http_p12.expose());
  write_file(transport_p12, material.transport_p12.expose());
  write_file(http_ca_crt, material.http_ca_pem);
}

void write_file(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string read_whole_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace test_support
