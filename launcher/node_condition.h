#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/files.h"
#include "base/result.h"
#include "launcher/certs_report.h"
#include "launcher/node_state.h"

/// What `doctor` sees of a node: one look at its configuration directory, nothing changed.
namespace launcher {

enum class LayerState {
  kUnset,          ///< the settings name no key for it
  kSound,          ///< everything opens and fits
  kMissingFile,    ///< a file that the settings name is not there
  kNoPassword,     ///< the keystore has no password for the store
  kWrongPassword,  ///< the password of the keystore does not open the store
  kBroken,         ///< a file is no store, or a key and its certificate do not fit
};

/// TLS of HTTP or of transport.
struct LayerCondition {
  std::string name;  ///< "http" or "transport"
  bool enabled = false;
  LayerState state = LayerState::kUnset;
  std::string detail;          ///< which file or entry, and what is wrong with it
  std::vector<CertsRow> rows;  ///< its certificates, where they can be read
  std::string ca_pem;          ///< of the HTTP CA in a PKCS#12 store
  bool pem_files = false;
};

struct FileCondition {
  std::string path;
  base::FileFacts facts;
  bool secret = false;  ///< nobody but owner and group may read it
};

struct NodeCondition {
  NodeSite site;
  base::UnixSeconds now = 0;
  bool interrupted_commit = false;
  std::vector<std::string> leftovers;     ///< names of files that a broken attempt left
  std::optional<base::Error> unreadable;  ///< settings or keystore; then nothing below is known
  NodeSettings settings;
  NodeKeystore keystore;
  bool has_data = false;
  std::vector<LayerCondition> layers;
  std::vector<FileCondition> files;
  base::FileFacts directory_facts;
};

/// Looks. Asks for the passphrase of the keystore where it has one.
NodeCondition examine(const NodeSite& site, const Request& request);

}  // namespace launcher
