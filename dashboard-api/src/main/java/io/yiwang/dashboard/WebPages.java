package io.yiwang.dashboard;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.resource.PathResourceResolver;

/**
 * Serves the pages out of the jar. Files under {@code /assets/} carry their content's hash in their name and are kept
 * for ever; every other address without a dot is a place within the one page, answered by {@code index.html}.
 */
@Configuration(proxyBeanMethods = false)
class WebPages implements WebMvcConfigurer {
    private static final String FOLDER = "classpath:/static/";

    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        registry.addResourceHandler("/assets/**")
                .addResourceLocations(FOLDER + "assets/")
                .setCacheControl(
                        CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable());
        registry.addResourceHandler("/**")
                .addResourceLocations(FOLDER)
                .setCacheControl(CacheControl.noCache())
                .resourceChain(true)
                .addResolver(new PlacesWithinThePage());
    }

    private static final class PlacesWithinThePage extends PathResourceResolver {
        @Override
        protected @Nullable Resource getResource(String path, Resource folder) throws IOException {
            var file = super.getResource(path, folder);
            if (file != null
                    || path.contains(".")
                    || path.equals("api")
                    || path.startsWith("api/")
                    || path.startsWith("ws/")) {
                return file;
            }
            return super.getResource("index.html", folder);
        }
    }
}
