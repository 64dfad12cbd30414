<?php
// Makes the site, an author and an application password, and prints that password.
define('WP_INSTALLING', true);
require __DIR__ . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Verger', 'chief', 'chief@example.org', true, '', wp_generate_password());
update_option('permalink_structure', '/%year%/%monthnum%/%postname%/');
$author = wp_create_user('jardin', wp_generate_password(), 'jardin@example.org');
(new WP_User($author))->set_role('author');
list($password) = WP_Application_Passwords::create_new_application_password($author, array('name' => 'Marronnier'));
echo "\n", WP_Application_Passwords::chunk_password($password), "\n";
