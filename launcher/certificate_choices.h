#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "certgen/tls_material.h"
#include "launcher/environment.h"
#include "launcher/option_parser.h"

namespace launcher {

inline constexpr std::string_view kKeySearchOption = "key-search";
inline constexpr std::string_view kKeyTypeOption = "key-type";
inline constexpr std::string_view kFormatOption = "format";
inline constexpr std::string_view kSanOption = "san";

/// What the command line says of the certificates of a first start.
struct CertificateChoices {
  certgen::KeySearch key_search = certgen::KeySearch::kParallel;
  certgen::KeyType key_type = certgen::KeyType::kRsa4096;
  certgen::StoreFormat format = certgen::StoreFormat::kPkcs12;
  std::vector<certgen::SubjectAltName> names;  ///< further ones for the HTTP certificate
};

/// Error: kUsage for a word that the option does not have, or a name that is neither an IP address
/// nor a DNS name.
base::Result<CertificateChoices> parse_certificate_choices(const ParsedOptions& given);

/// The names of the command line and those of ES_EXTRA_SANS, which a comma separates; blanks around
/// them and empty ones do not matter. Error: kUsage, as above.
base::Result<std::vector<certgen::SubjectAltName>> extra_names(const CertificateChoices& choices,
                                                               const Environment& environment);

}  // namespace launcher
