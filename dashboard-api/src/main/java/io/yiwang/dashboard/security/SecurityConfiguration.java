package io.yiwang.dashboard.security;

import io.yiwang.dashboard.users.Users;
import jakarta.servlet.DispatcherType;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.authentication.dao.DaoAuthenticationProvider;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.savedrequest.NullRequestCache;
import tools.jackson.databind.json.JsonMapper;

/** Who may call what. Whatever is not named here is refused. */
@Configuration(proxyBeanMethods = false)
@EnableWebSecurity
class SecurityConfiguration {
    private static final String[] ANY_ROLE = {"viewer", "duty", "chief", "engineer", "admin"};

    /** Charts set inline styles on their tooltips, hence style-src; scripts come from our own address only. */
    private static final String CONTENT_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; "
            + "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; "
            + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    @Bean
    SecurityFilterChain rules(
            HttpSecurity http,
            AuthenticationManager passwords,
            SecurityContextRepository sessions,
            CsrfTokenRepository csrfTokens,
            Users users,
            JsonMapper json) {
        var refusals = new Refusals(json);
        return http.authenticationManager(passwords)
                .securityContext(c -> c.securityContextRepository(sessions))
                .addFilterBefore(new BodyLimit(refusals), SecurityContextHolderFilter.class)
                .addFilterAfter(new ChangedAccountFilter(users), SecurityContextHolderFilter.class)
                .requestCache(c -> c.requestCache(new NullRequestCache()))
                // A request with an Authorization header was made on purpose: another site cannot add that header.
                // Sign-in takes JSON only, which another site cannot send either.
                .csrf(c -> c.spa()
                        .csrfTokenRepository(csrfTokens)
                        .ignoringRequestMatchers(request -> request.getHeader(HttpHeaders.AUTHORIZATION) != null
                                || isSignIn(request.getMethod(), request.getServletPath())))
                .httpBasic(c -> c.authenticationEntryPoint(refusals))
                .exceptionHandling(c -> c.authenticationEntryPoint(refusals).accessDeniedHandler(refusals))
                .formLogin(c -> c.disable())
                .logout(c -> c.disable())
                .rememberMe(c -> c.disable())
                .headers(c -> c.contentSecurityPolicy(p -> p.policyDirectives(CONTENT_POLICY))
                        .frameOptions(f -> f.deny())
                        .referrerPolicy(r -> r.policy(ReferrerPolicy.SAME_ORIGIN)))
                .authorizeHttpRequests(c -> c.dispatcherTypeMatchers(
                                DispatcherType.FORWARD, DispatcherType.ERROR, DispatcherType.ASYNC)
                        .permitAll()
                        .requestMatchers("/api/health")
                        .permitAll()
                        .requestMatchers(HttpMethod.POST, "/api/session")
                        .permitAll()
                        .requestMatchers(HttpMethod.DELETE, "/api/session")
                        .hasAnyRole(ANY_ROLE)
                        .requestMatchers("/api/users", "/api/users/**")
                        .hasRole("admin")
                        .requestMatchers("/api/audit")
                        .hasAnyRole("admin", "chief")
                        .requestMatchers(HttpMethod.GET, "/api/**")
                        .hasAnyRole(ANY_ROLE)
                        .requestMatchers(HttpMethod.POST, "/api/alarms/**")
                        .hasAnyRole("duty", "chief")
                        .requestMatchers("/api/assets", "/api/assets/**")
                        .hasAnyRole("engineer", "admin")
                        .requestMatchers("/api/devices/**", "/api/newcomers/**")
                        .hasAnyRole("engineer", "admin")
                        .requestMatchers("/api/rules", "/api/rules/**", "/api/maintenance", "/api/maintenance/**")
                        .hasAnyRole("chief", "admin")
                        .requestMatchers(HttpMethod.PUT, "/api/roster")
                        .hasAnyRole("chief", "admin")
                        .requestMatchers("/api/**")
                        .denyAll()
                        .requestMatchers("/ws/**")
                        .hasAnyRole(ANY_ROLE)
                        .requestMatchers(HttpMethod.GET, "/**")
                        .permitAll()
                        .requestMatchers(HttpMethod.HEAD, "/**")
                        .permitAll()
                        .anyRequest()
                        .denyAll())
                .build();
    }

    static boolean isSignIn(String method, String path) {
        return method.equals("POST") && path.equals("/api/session");
    }

    @Bean
    SecurityContextRepository sessions() {
        return new HttpSessionSecurityContextRepository();
    }

    @Bean
    CsrfTokenRepository csrfTokens() {
        var tokens = CookieCsrfTokenRepository.withHttpOnlyFalse();
        tokens.setCookieCustomizer(cookie -> cookie.sameSite("Strict").path("/"));
        return tokens;
    }

    @Bean
    PasswordEncoder passwordEncoder() {
        return PasswordEncoderFactories.createDelegatingPasswordEncoder();
    }

    @Bean
    UserDetailsService accounts(Users users) {
        return id ->
                users.find(id).map(SignedIn::new).orElseThrow(() -> new UsernameNotFoundException("no user " + id));
    }

    @Bean
    AuthenticationManager passwords(UserDetailsService accounts, PasswordEncoder encoder, InstantSource clock) {
        var passwords = new DaoAuthenticationProvider(accounts);
        passwords.setPasswordEncoder(encoder);
        return new ProviderManager(new ThrottledAuthentication(passwords, new LoginThrottle(clock)));
    }
}
