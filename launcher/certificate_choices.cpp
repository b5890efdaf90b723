#include "launcher/certificate_choices.h"

#include <array>
#include <span>

#include "base/text.h"
#include "launcher/network_addresses.h"

namespace launcher {
namespace {

constexpr const char* kExtraNamesVariable = "ES_EXTRA_SANS";

template <typename Value>
struct Word {
  std::string_view text;
  Value value;
};
constexpr std::array kKeySearches{Word{"parallel", certgen::KeySearch::kParallel},
                                  Word{"openssl", certgen::KeySearch::kOpenSsl}};
constexpr std::array kKeyTypes{Word{"rsa", certgen::KeyType::kRsa4096},
                               Word{"p256", certgen::KeyType::kEcP256},
                               Word{"p384", certgen::KeyType::kEcP384}};
constexpr std::array kFormats{Word{"p12", certgen::StoreFormat::kPkcs12},
                              Word{"pem", certgen::StoreFormat::kPem}};

/// Leaves `value` as it is where the option is not given.
template <typename Value>
base::Result<void> choose(const ParsedOptions& given, std::string_view option,
                          std::span<const Word<Value>> words, Value* value) {
  if (!given.has(option)) return {};
  const std::string text = given.value_of(option);
  std::string known;
  for (const Word<Value>& word : words) {
    if (word.text == text) {
      *value = word.value;
      return {};
    }
    known.append(known.empty() ? "" : ", ").append(word.text);
  }
  return base::Error{base::ErrorKind::kUsage,
                     "--" + std::string(option) + " does not know '" + text + "'",
                     "it is one of " + known, 0};
}

base::Result<void> add_name(const std::string& text, const std::string& source,
                            std::vector<certgen::SubjectAltName>* names) {
  auto name = parse_alt_name(text);
  if (!name.ok()) {
    name.error().message = source + ": " + name.error().message;
    return std::move(name).error();
  }
  names->push_back(std::move(name).value());
  return {};
}

}  // namespace

base::Result<CertificateChoices> parse_certificate_choices(const ParsedOptions& given) {
  CertificateChoices choices;
  BASE_CHECK(
      choose<certgen::KeySearch>(given, kKeySearchOption, kKeySearches, &choices.key_search));
  BASE_CHECK(choose<certgen::KeyType>(given, kKeyTypeOption, kKeyTypes, &choices.key_type));
  BASE_CHECK(choose<certgen::StoreFormat>(given, kFormatOption, kFormats, &choices.format));
  for (const auto& [id, value] : given.given)
    if (id == kSanOption) BASE_CHECK(add_name(value, "--san", &choices.names));
  return choices;
}

base::Result<std::vector<certgen::SubjectAltName>> extra_names(const CertificateChoices& choices,
                                                               const Environment& environment) {
  std::vector<certgen::SubjectAltName> names = choices.names;
  for (const std::string& part : base::split(environment.get(kExtraNamesVariable), ',')) {
    const std::string text(base::trim(part));
    if (!text.empty()) BASE_CHECK(add_name(text, kExtraNamesVariable, &names));
  }
  return names;
}

}  // namespace launcher
