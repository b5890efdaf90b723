package esboot.modules;

import java.util.List;
import org.elasticsearch.common.settings.SecureSetting;
import org.elasticsearch.common.settings.Setting;
import org.elasticsearch.plugins.Plugin;

/** Registers the two secure settings that the 9.5 auto-configuration writes, and nothing else. */
public class EncryptionStandIn extends Plugin {

    @Override
    public List<Setting<?>> getSettings() {
        return List.of(
            SecureSetting.secureString("cluster.state.encryption.active_password_id", null),
            Setting.prefixKeySetting(
                "cluster.state.encryption.password.",
                key -> SecureSetting.secureString(key, null)
            )
        );
    }
}
