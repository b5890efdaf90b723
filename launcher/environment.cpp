#include "launcher/environment.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace launcher {
namespace {

struct SecretVariable {
  std::string_view name;
  base::Secret EnvironmentSecrets::* target;
};

constexpr std::array kSecretVariables{
    SecretVariable{"ELASTIC_PASSWORD", &EnvironmentSecrets::elastic_password},
    SecretVariable{"KEYSTORE_PASSWORD", &EnvironmentSecrets::keystore_password},
    SecretVariable{"ENROLLMENT_TOKEN", &EnvironmentSecrets::enrollment_token}};

bool is_secret(std::string_view name) {
  return std::any_of(kSecretVariables.begin(), kSecretVariables.end(),
                     [&](const SecretVariable& each) { return each.name == name; });
}

/// gethostname, or empty.
std::string host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return {};
  return name.data();
}

}  // namespace

void EnvironmentSecrets::wipe() {
  for (const SecretVariable& each : kSecretVariables) (this->*each.target).wipe();
}

std::string Environment::get(const std::string& name) const {
  const auto found = variables.find(name);
  return found == variables.end() ? std::string() : found->second;
}

EnvironmentSecrets take_environment_secrets() {
  EnvironmentSecrets secrets;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    char* const equals = std::strchr(*entry, '=');
    if (equals == nullptr) continue;
    const std::string_view name(*entry, static_cast<std::size_t>(equals - *entry));
    for (const SecretVariable& each : kSecretVariables) {
      if (each.name != name) continue;
      secrets.*each.target = base::Secret::copy_of(std::string_view(equals + 1));
      base::wipe_memory(equals + 1, std::strlen(equals + 1));
    }
  }
  return secrets;
}

Environment read_environment() {
  Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || is_secret(text.substr(0, equals))) continue;
    environment.variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  if (!environment.has("HOSTNAME")) environment.variables.emplace("HOSTNAME", host_name());
  return environment;
}

}  // namespace launcher
