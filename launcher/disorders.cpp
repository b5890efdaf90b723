#include "launcher/disorders.h"

#include <algorithm>
#include <array>
#include <utility>

#include "certgen/certificates.h"
#include "launcher/certs_site.h"

namespace launcher {
namespace {

using Ailments = std::vector<Ailment>;

constexpr int kDaysLeft = 30;
constexpr std::size_t kMaxPemBytes = std::size_t{1} << 20U;
constexpr mode_t kOthers = 07;
constexpr mode_t kOwnerReads = 0400;

Ailments interrupted_commit(const NodeCondition& node) {
  if (!node.interrupted_commit) return {};
  return {{"a change of the configuration was cut off half-way",
           "the next start completes it as well", Remedy::kFinishCommit}};
}

Ailments leftovers(const NodeCondition& node) {
  Ailments found;
  if (node.interrupted_commit) return found;
  for (const std::string& name : node.leftovers)
    found.push_back({name + " is left from an attempt that was cut off", "remove it",
                     Remedy::kRemoveLeftovers});
  return found;
}

Ailments unreadable(const NodeCondition& node) {
  if (!node.unreadable) return {};
  return {{node.unreadable->message, node.unreadable->hint, Remedy::kByHand}};
}

/// Whether both stores of a first start are there and open with the passwords of the keystore.
bool stores_are_whole(const NodeCondition& node) {
  for (const char* const layer : {"http", "transport"}) {
    const auto entry = node.keystore.entries.find("xpack.security." + std::string(layer) +
                                                  ".ssl.keystore.secure_password");
    if (entry == node.keystore.entries.end()) return false;
    const CertsStore store{layer, node.site.config_directory + "/certs/" + layer + ".p12",
                           entry->second.clone()};
    if (!open_store(store)) return false;
  }
  return true;
}

Ailments entries_without_settings(const NodeCondition& node) {
  Ailments found;
  if (node.unreadable) return found;
  for (const char* const name : {kHttpPassword, kTransportPassword, kTransportTrustPassword}) {
    const std::string text(name);
    const std::string path = text.substr(0, text.rfind('.')) + ".path";
    if (node.keystore.entries.contains(text) && !node.settings.settings.contains(path))
      found.push_back({"the keystore has " + text + ", but elasticsearch.yml has no " + path,
                       "write the settings for certs/, or remove the entry", Remedy::kByHand});
  }
  if (found.empty()) return found;
  const bool no_word_on_security =
      !has_prefix(node.settings.settings, "xpack.security.http.ssl.") &&
      !has_prefix(node.settings.settings, "xpack.security.transport.ssl.") &&
      !node.settings.settings.contains("xpack.security.enabled");
  const Remedy remedy = no_word_on_security && stores_are_whole(node) ? Remedy::kRestoreBlock
                                                                      : Remedy::kForgetEntries;
  for (Ailment& each : found) each.remedy = remedy;
  return found;
}

/// New certificates help a node that is alone; others of its cluster would not trust them.
bool is_alone(const NodeCondition& node) {
  const Settings& settings = node.settings.settings;
  return list_setting(settings, "discovery.seed_hosts").empty() &&
         list_setting(settings, "discovery.seed_providers").empty() &&
         list_setting(settings, "cluster.initial_master_nodes").size() <= 1;
}

/// Whether the layer has the files of a first start, which can be made again.
bool is_own_form(const NodeCondition& node, const LayerCondition& layer) {
  const std::string prefix = "xpack.security." + layer.name + ".ssl.";
  const auto store = text_setting(node.settings.settings, prefix + "keystore.path");
  const auto certificate = text_setting(node.settings.settings, prefix + "certificate");
  return store == "certs/" + layer.name + ".p12" || certificate == "certs/" + layer.name + ".crt";
}

Ailments broken_layers(const NodeCondition& node) {
  Ailments found;
  for (const LayerCondition& layer : node.layers) {
    if (layer.enabled && layer.state == LayerState::kUnset)
      found.push_back({"TLS of " + layer.name + " is enabled, but no setting names its key",
                       "set xpack.security." + layer.name + ".ssl.keystore.path", Remedy::kByHand});
    if (layer.state == LayerState::kUnset || layer.state == LayerState::kSound) continue;
    const bool remade = is_alone(node) && is_own_form(node, layer);
    found.push_back({"TLS of " + layer.name + " cannot work: " + layer.detail,
                     remade ? "bring it back from a backup; --repair makes new certificates, which "
                              "clients have to be told of"
                            : "bring it back from a backup, or join the cluster again",
                     remade ? Remedy::kRemakeCertificates : Remedy::kByHand});
  }
  return found;
}

Ailments ending_certificates(const NodeCondition& node) {
  Ailments found;
  for (const LayerCondition& layer : node.layers)
    for (const std::string& sentence : complaints(layer.rows, kDaysLeft, node.now)) {
      const bool http_store = layer.name == "http" && !layer.ca_pem.empty();
      const bool remade = !http_store && is_alone(node) && is_own_form(node, layer);
      found.push_back(
          {sentence, http_store ? "esboot certs renew" : "replace it on every node of the cluster",
           http_store ? Remedy::kRenewHttp
           : remade   ? Remedy::kRemakeCertificates
                      : Remedy::kByHand});
    }
  return found;
}

bool holds_certificate(const std::string& pem, const std::string& wanted_pem) {
  const auto certificates = certgen::parse_certificates_pem(pem);
  const auto wanted = certgen::parse_certificates_pem(wanted_pem);
  if (!certificates || !wanted) return false;
  return std::any_of(
      certificates.value().begin(), certificates.value().end(),
      [&](const auto& each) { return certgen::is_same(each, wanted.value().front()); });
}

Ailments ca_file(const NodeCondition& node) {
  for (const LayerCondition& layer : node.layers) {
    if (layer.ca_pem.empty() || !is_own_form(node, layer)) continue;
    const std::string path = node.site.config_directory + "/certs/http_ca.crt";
    const auto pem = base::read_file_if_present(path, kMaxPemBytes);
    if (pem.ok() && pem.value() && holds_certificate(*pem.value(), layer.ca_pem)) continue;
    return {{path + (pem.ok() && !pem.value() ? " is missing" : " is not the CA of http.p12"),
             "esboot certs export ca", Remedy::kWriteCaFile}};
  }
  return {};
}

Ailments owners_and_modes(const NodeCondition& node) {
  Ailments found;
  for (const FileCondition& file : node.files) {
    if (file.facts.uid != node.directory_facts.uid)
      found.push_back({file.path + " belongs to " +
                           base::owner_text(file.facts.uid, file.facts.gid) +
                           ", its directory to " +
                           base::owner_text(node.directory_facts.uid, node.directory_facts.gid),
                       "chown it, as root", Remedy::kSetModes});
    const bool open = file.secret && (file.facts.mode & kOthers) != 0;
    if (open || (file.facts.mode & kOwnerReads) == 0)
      found.push_back(
          {file.path + " has mode " + base::mode_text(file.facts.mode) +
               (open ? ": everybody on this host has access" : ": its owner cannot read it"),
           open ? "chmod o-rwx" : "chmod u+rw", Remedy::kSetModes});
  }
  return found;
}

constexpr std::array kDisorders{Disorder{"interrupted-commit", interrupted_commit},
                                Disorder{"leftovers", leftovers},
                                Disorder{"owner-and-mode", owners_and_modes},
                                Disorder{"unreadable", unreadable},
                                Disorder{"entries-without-settings", entries_without_settings},
                                Disorder{"certificates", broken_layers},
                                Disorder{"expiry", ending_certificates},
                                Disorder{"ca-file", ca_file}};

}  // namespace

std::span<const Disorder> disorders() {
  return kDisorders;
}

}  // namespace launcher
