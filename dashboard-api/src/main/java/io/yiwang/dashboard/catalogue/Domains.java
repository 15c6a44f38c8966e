package io.yiwang.dashboard.catalogue;

import io.yiwang.dashboard.DashboardSettings;
import io.yiwang.model.domain.DomainPacks;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class Domains {
    /** The domains that this city runs. */
    @Bean
    DomainPacks domainPacks(DashboardSettings settings) {
        return settings.domainsFolder() == null
                ? DomainPacks.bundled()
                : DomainPacks.withFolder(settings.domainsFolder());
    }
}
