/** Decides who may do what: login, roles, throttling of wrong passwords, and the headers that keep a browser safe. */
@NullMarked
package io.yiwang.dashboard.security;

import org.jspecify.annotations.NullMarked;
